#include <ATen/CPUGeneratorImpl.h>

#include <cstring>

#include "bridge.h"

using namespace bridge;

namespace bridge {

std::atomic<int64_t> live_tensors{0};
thread_local std::string last_error;

at::ScalarType scalar_type(ct_dtype dtype) {
  switch (dtype) {
    case CT_F32: return at::kFloat;
    case CT_F64: return at::kDouble;
    case CT_F16: return at::kHalf;
    case CT_BF16: return at::kBFloat16;
    case CT_I64: return at::kLong;
    case CT_I32: return at::kInt;
    case CT_U8: return at::kByte;
    case CT_BOOL: return at::kBool;
  }
  return at::kFloat;
}

at::Device device(ct_device device) {
  switch (device.kind) {
    case CT_CUDA: return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index));
    case CT_MPS: return at::Device(at::kMPS, 0);
    case CT_CPU: break;
  }
  return at::Device(at::kCPU);
}

}  // namespace bridge

const char* ct_last_error(void) { return last_error.c_str(); }

void ct_free(ct_tensor* tensor) { delete tensor; }
int64_t ct_live_tensors(void) { return live_tensors.load(); }
int ct_rank(const ct_tensor* tensor) { return static_cast<int>(tensor->value.dim()); }
int64_t ct_size(const ct_tensor* tensor, int dimension) {
  auto sizes = tensor->value.sizes();
  return dimension >= 0 && static_cast<size_t>(dimension) < sizes.size() ? sizes[dimension] : -1;
}
int64_t ct_count(const ct_tensor* tensor) { return tensor->value.numel(); }

ct_dtype ct_get_dtype(const ct_tensor* tensor) {
  switch (tensor->value.scalar_type()) {
    case at::kDouble: return CT_F64;
    case at::kHalf: return CT_F16;
    case at::kBFloat16: return CT_BF16;
    case at::kLong: return CT_I64;
    case at::kInt: return CT_I32;
    case at::kByte: return CT_U8;
    case at::kBool: return CT_BOOL;
    default: return CT_F32;
  }
}

ct_device ct_get_device(const ct_tensor* tensor) {
  auto device = tensor->value.device();
  if (device.is_cuda()) return {CT_CUDA, device.index()};
  if (device.is_mps()) return {CT_MPS, 0};
  return {CT_CPU, 0};
}

bool ct_is_contiguous(const ct_tensor* tensor) { return tensor->value.is_contiguous(); }

const void* ct_data(const ct_tensor* tensor) {
  const auto& value = tensor->value;
  return value.is_cpu() && value.is_contiguous() ? value.const_data_ptr() : nullptr;
}

ct_tensor* ct_full(const int64_t* shape, int rank, double value, ct_dtype dtype, ct_device where) {
  return tensor([&] {
    auto options = at::TensorOptions().dtype(scalar_type(dtype)).device(device(where));
    return value == 0 ? at::zeros(sizes(shape, rank), options) : at::full(sizes(shape, rank), value, options);
  });
}

ct_tensor* ct_arange(int64_t start, int64_t end, ct_device where) {
  return tensor([&] { return at::arange(start, end, at::TensorOptions().dtype(at::kLong).device(device(where))); });
}

ct_tensor* ct_eye(int64_t n, ct_dtype dtype, ct_device where) {
  return tensor([&] { return at::eye(n, at::TensorOptions().dtype(scalar_type(dtype)).device(device(where))); });
}

ct_tensor* ct_copy_bytes(const void* bytes, const int64_t* shape, int rank, ct_dtype dtype) {
  return tensor([&] {
    auto result = at::empty(sizes(shape, rank), scalar_type(dtype));
    std::memcpy(result.mutable_data_ptr(), bytes, result.nbytes());
    return result;
  });
}

ct_tensor* ct_borrow_bytes(void* bytes, const int64_t* shape, int rank, ct_dtype dtype, void* owner,
                           void (*release)(void*)) {
  return tensor([&] {
    return at::from_blob(bytes, sizes(shape, rank), [owner, release](void*) { release(owner); }, scalar_type(dtype));
  });
}

ct_tensor* ct_to(const ct_tensor* a, ct_dtype dtype, ct_device where) {
  return tensor([&] { return a->value.to(device(where), scalar_type(dtype)); });
}
ct_tensor* ct_contiguous(const ct_tensor* a) {
  return tensor([&] { return a->value.contiguous(); });
}
ct_tensor* ct_clone(const ct_tensor* a) {
  return tensor([&] { return a->value.clone(); });
}
bool ct_item(const ct_tensor* a, double* value) {
  return effect([&] { *value = a->value.item().toDouble(); });
}

ct_generator* ct_generator_new(uint64_t seed) {
  return guard<ct_generator*>(nullptr,
                              [&] { return new ct_generator{at::make_generator<at::CPUGeneratorImpl>(seed)}; });
}
void ct_generator_free(ct_generator* generator) { delete generator; }

ct_tensor* ct_randn(const int64_t* shape, int rank, ct_generator* generator) {
  return tensor([&] { return at::randn(sizes(shape, rank), generator->value); });
}
ct_tensor* ct_rand(const int64_t* shape, int rank, ct_generator* generator) {
  return tensor([&] { return at::rand(sizes(shape, rank), generator->value); });
}
ct_tensor* ct_randint(int64_t high, const int64_t* shape, int rank, ct_generator* generator) {
  return tensor([&] { return at::randint(high, sizes(shape, rank), generator->value, at::TensorOptions(at::kLong)); });
}
ct_tensor* ct_multinomial(const ct_tensor* probabilities, int64_t samples, ct_generator* generator) {
  return tensor([&] { return at::multinomial(probabilities->value, samples, false, generator->value); });
}
