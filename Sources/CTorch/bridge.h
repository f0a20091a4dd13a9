// What the C++ files share: the handle types, conversions, and the guard that turns exceptions into messages.
#pragma once

#include <ATen/ATen.h>

#include <atomic>
#include <optional>
#include <string>

#include "ctorch.h"

namespace bridge {

extern std::atomic<int64_t> live_tensors;
extern thread_local std::string last_error;

}  // namespace bridge

struct ct_tensor {
  at::Tensor value;
  explicit ct_tensor(at::Tensor tensor) : value(std::move(tensor)) { ++bridge::live_tensors; }
  ~ct_tensor() { --bridge::live_tensors; }
};

struct ct_generator {
  at::Generator value;
};

namespace bridge {

// Runs `body`; an exception becomes `failure` and a message. No exception crosses into Swift.
template <class Result, class Body>
Result guard(Result failure, Body&& body) noexcept {
  try {
    return body();
  } catch (const c10::Error& error) {
    last_error = error.what_without_backtrace();
  } catch (const std::exception& error) {
    last_error = error.what();
  } catch (...) {
    last_error = "an unknown C++ exception";
  }
  return failure;
}

template <class Body>
ct_tensor* tensor(Body&& body) noexcept {
  return guard<ct_tensor*>(nullptr, [&] { return new ct_tensor(body()); });
}

template <class Body>
bool effect(Body&& body) noexcept {
  return guard(false, [&] {
    body();
    return true;
  });
}

// Products that widen bfloat16 and float16 where the processor has no instructions for them (widened.cpp).
bool needs_widening(const at::Tensor& tensor);
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias);
at::Tensor matmul(const at::Tensor& a, const at::Tensor& b);

at::ScalarType scalar_type(ct_dtype dtype);
at::Device device(ct_device device);

inline at::IntArrayRef sizes(const int64_t* shape, int rank) {
  return at::IntArrayRef(shape, static_cast<size_t>(rank));
}

inline c10::optional<at::Tensor> optional(const ct_tensor* tensor) {
  return tensor ? c10::optional<at::Tensor>(tensor->value) : c10::nullopt;
}

}  // namespace bridge
