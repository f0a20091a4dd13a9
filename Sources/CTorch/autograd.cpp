#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include "bridge.h"

using namespace bridge;

ct_tensor* ct_detach(const ct_tensor* a) {
  return tensor([&] { return a->value.detach(); });
}
bool ct_set_requires_grad(ct_tensor* a, bool required) {
  return effect([&] { a->value.set_requires_grad(required); });
}
bool ct_requires_grad(const ct_tensor* a) { return a->value.requires_grad(); }

bool ct_grad(const ct_tensor* const* outputs, const ct_tensor* const* output_gradients, int output_count,
             const ct_tensor* const* inputs, int input_count, ct_tensor** gradients) {
  return effect([&] {
    torch::autograd::variable_list out, seeds, in;
    for (int i = 0; i < output_count; ++i) {
      out.push_back(outputs[i]->value);
      if (output_gradients) seeds.push_back(output_gradients[i]->value);
    }
    for (int i = 0; i < input_count; ++i) in.push_back(inputs[i]->value);
    auto found = torch::autograd::grad(out, in, seeds);
    for (int i = 0; i < input_count; ++i) gradients[i] = new ct_tensor(found[i]);
  });
}

bool ct_grad_enabled(void) { return c10::GradMode::is_enabled(); }
void ct_set_grad_enabled(bool enabled) { c10::GradMode::set_enabled(enabled); }
