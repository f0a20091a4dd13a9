// Products in bfloat16 and float16 on processors without instructions for them.
//
// Without AVX-512 libtorch multiplies such matrices element by element, some twenty times slower than in float32. Here
// a weight is widened to float32 a piece at a time, so that no second copy of it exists, and the product rounded back.
#include <torch/csrc/autograd/custom_function.h>

#include "bridge.h"

namespace {

// The largest piece of a weight that is widened at once, in elements.
constexpr int64_t piece = int64_t{1} << 24;

bool has_narrow_instructions() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bw");
#else
  return true;
#endif
}

at::Tensor wide(const at::Tensor& tensor) { return tensor.to(at::kFloat); }

// x wᵀ for x [..., n] and w [d, n], in float32.
at::Tensor product(const at::Tensor& x, const at::Tensor& w) {
  const auto rows = std::max<int64_t>(1, piece / std::max<int64_t>(1, w.size(1)));
  const auto input = wide(x);
  if (w.size(0) <= rows) return at::linear(input, wide(w));
  std::vector<at::Tensor> parts;
  for (int64_t start = 0; start < w.size(0); start += rows)
    parts.push_back(at::linear(input, wide(w.narrow(0, start, std::min(rows, w.size(0) - start)))));
  return at::cat(parts, -1);
}

// y g for g [..., d] and w [d, n], in float32.
at::Tensor gradient(const at::Tensor& g, const at::Tensor& w) {
  const auto rows = std::max<int64_t>(1, piece / std::max<int64_t>(1, w.size(1)));
  const auto output = wide(g);
  at::Tensor sum;
  for (int64_t start = 0; start < w.size(0); start += rows) {
    const auto length = std::min(rows, w.size(0) - start);
    auto part = at::matmul(output.narrow(-1, start, length), wide(w.narrow(0, start, length)));
    sum = sum.defined() ? sum.add_(part) : part;
  }
  return sum;
}

// Keeps the narrow weight, not the widened one, for the way back.
struct FrozenLinear : torch::autograd::Function<FrozenLinear> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& w) {
    context->save_for_backward({w});
    return product(x, w).to(x.scalar_type());
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto w = context->get_saved_variables()[0];
    return {gradient(gradients[0], w).to(gradients[0].scalar_type()), at::Tensor()};
  }
};

}  // namespace

namespace bridge {

bool needs_widening(const at::Tensor& tensor) {
  static const bool native = has_narrow_instructions();
  return !native && tensor.is_cpu() && at::isReducedFloatingType(tensor.scalar_type());
}

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  if (!needs_widening(x) || weight.dim() != 2 || x.scalar_type() != weight.scalar_type() ||
      x.size(-1) != weight.size(1))
    return at::linear(x, weight, bias);
  at::Tensor y;
  if (weight.requires_grad())
    y = at::linear(wide(x), wide(weight)).to(x.scalar_type());
  else if (x.requires_grad() && at::GradMode::is_enabled())
    y = FrozenLinear::apply(x, weight);
  else
    y = product(x, weight).to(x.scalar_type());
  return bias ? y + *bias : y;
}

at::Tensor matmul(const at::Tensor& a, const at::Tensor& b) {
  if (!needs_widening(a) || a.scalar_type() != b.scalar_type()) return at::matmul(a, b);
  if (b.dim() == 2 && a.dim() >= 2 && a.size(-1) == b.size(0)) return bridge::linear(a, b.t(), std::nullopt);
  return at::matmul(wide(a), wide(b)).to(a.scalar_type());
}

}  // namespace bridge

bool ct_has_narrow_products(void) { return has_narrow_instructions(); }
