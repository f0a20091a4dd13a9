#include "bridge.h"

using namespace bridge;

namespace {

at::Tensor unary(ct_unary op, const at::Tensor& a) {
  switch (op) {
    case CT_NEG: return at::neg(a);
    case CT_EXP: return at::exp(a);
    case CT_LOG: return at::log(a);
    case CT_SQRT: return at::sqrt(a);
    case CT_RSQRT: return at::rsqrt(a);
    case CT_ABS: return at::abs(a);
    case CT_TANH: return at::tanh(a);
    case CT_SIGMOID: return at::sigmoid(a);
    case CT_SILU: return at::silu(a);
    case CT_GELU: return at::gelu(a, "none");
    case CT_GELU_TANH: return at::gelu(a, "tanh");
    case CT_RELU: return at::relu(a);
    case CT_SIN: return at::sin(a);
    case CT_COS: return at::cos(a);
    case CT_SQUARE: return at::square(a);
    case CT_RECIPROCAL: return at::reciprocal(a);
    case CT_ROUND: return at::round(a);
    case CT_ISFINITE: return at::isfinite(a);
    case CT_NOT: return at::logical_not(a);
  }
  TORCH_CHECK(false, "no such unary operation");
}

template <class Other>
at::Tensor binary(ct_binary op, const at::Tensor& a, const Other& b) {
  switch (op) {
    case CT_ADD: return at::add(a, b);
    case CT_SUB: return at::sub(a, b);
    case CT_MUL: return at::mul(a, b);
    case CT_DIV: return at::div(a, b);
    case CT_POW: return at::pow(a, b);
    case CT_EQ: return at::eq(a, b);
    case CT_NE: return at::ne(a, b);
    case CT_LT: return at::lt(a, b);
    case CT_LE: return at::le(a, b);
    case CT_GT: return at::gt(a, b);
    case CT_GE: return at::ge(a, b);
    default: break;
  }
  if constexpr (std::is_same_v<Other, at::Tensor>) {
    switch (op) {
      case CT_MAXIMUM: return at::maximum(a, b);
      case CT_MINIMUM: return at::minimum(a, b);
      case CT_AND: return at::logical_and(a, b);
      case CT_OR: return at::logical_or(a, b);
      default: break;
    }
  } else {
    if (op == CT_MAXIMUM) return at::clamp_min(a, b);
    if (op == CT_MINIMUM) return at::clamp_max(a, b);
  }
  TORCH_CHECK(false, "no such binary operation");
}

template <class Other>
void binary_(ct_binary op, at::Tensor& a, const Other& b) {
  switch (op) {
    case CT_ADD: a.add_(b); return;
    case CT_SUB: a.sub_(b); return;
    case CT_MUL: a.mul_(b); return;
    case CT_DIV: a.div_(b); return;
    default: TORCH_CHECK(false, "this binary operation has no in-place form");
  }
}

}  // namespace

ct_tensor* ct_apply_unary(ct_unary op, const ct_tensor* a) {
  return tensor([&] { return unary(op, a->value); });
}
bool ct_apply_unary_(ct_unary op, ct_tensor* a) {
  return effect([&] {
    switch (op) {
      case CT_EXP: a->value.exp_(); return;
      case CT_SQRT: a->value.sqrt_(); return;
      case CT_NEG: a->value.neg_(); return;
      default: TORCH_CHECK(false, "this unary operation has no in-place form");
    }
  });
}
ct_tensor* ct_apply_binary(ct_binary op, const ct_tensor* a, const ct_tensor* b) {
  return tensor([&] { return binary<at::Tensor>(op, a->value, b->value); });
}
ct_tensor* ct_apply_scalar(ct_binary op, const ct_tensor* a, double b) {
  return tensor([&] { return binary<at::Scalar>(op, a->value, at::Scalar(b)); });
}
bool ct_apply_binary_(ct_binary op, ct_tensor* a, const ct_tensor* b) {
  return effect([&] { binary_<at::Tensor>(op, a->value, b->value); });
}
bool ct_apply_scalar_(ct_binary op, ct_tensor* a, double b) {
  return effect([&] { binary_<at::Scalar>(op, a->value, at::Scalar(b)); });
}
bool ct_addcmul_(ct_tensor* a, const ct_tensor* b, const ct_tensor* c, double scale) {
  return effect([&] { a->value.addcmul_(b->value, c->value, scale); });
}
bool ct_addmm_(ct_tensor* a, const ct_tensor* b, const ct_tensor* c, double beta, double alpha) {
  return effect([&] { a->value.addmm_(b->value, c->value, beta, alpha); });
}

ct_tensor* ct_reduce(ct_reduction op, const ct_tensor* a, const int64_t* dimensions, int count, bool keep) {
  return tensor([&]() -> at::Tensor {
    std::vector<int64_t> all;
    at::IntArrayRef over(dimensions, static_cast<size_t>(count));
    if (count == 0) {
      for (int64_t i = 0; i < a->value.dim(); ++i) all.push_back(i);
      over = all;
    }
    switch (op) {
      case CT_SUM: return at::sum(a->value, over, keep);
      case CT_MEAN: return at::mean(a->value, over, keep);
      case CT_AMAX: return at::amax(a->value, over, keep);
      case CT_AMIN: return at::amin(a->value, over, keep);
      case CT_LOGSUMEXP: return at::logsumexp(a->value, over, keep);
      case CT_NORM: return at::linalg_vector_norm(a->value, 2, over, keep);
      case CT_ANY: return at::any(a->value, over, keep);
      case CT_ALL: return at::all(a->value, over, keep);
    }
    TORCH_CHECK(false, "no such reduction");
  });
}

ct_tensor* ct_argmax(const ct_tensor* a, int dimension) {
  return tensor([&] { return at::argmax(a->value, dimension); });
}
ct_tensor* ct_cumsum(const ct_tensor* a, int dimension) {
  return tensor([&] { return at::cumsum(a->value, dimension); });
}
ct_tensor* ct_kth_smallest(const ct_tensor* a, int64_t k, int dimension) {
  return tensor([&] { return std::get<0>(at::kthvalue(a->value, k, dimension)); });
}
bool ct_topk(const ct_tensor* a, int64_t k, int dimension, ct_tensor** values, ct_tensor** indices) {
  return effect([&] {
    auto [top, places] = at::topk(a->value, k, dimension);
    *values = new ct_tensor(top);
    *indices = new ct_tensor(places);
  });
}
bool ct_sort(const ct_tensor* a, int dimension, bool descending, ct_tensor** values, ct_tensor** indices) {
  return effect([&] {
    auto [sorted, places] = at::sort(a->value, dimension, descending);
    *values = new ct_tensor(sorted);
    *indices = new ct_tensor(places);
  });
}
ct_tensor* ct_clamp(const ct_tensor* a, double low, double high) {
  return tensor([&] { return at::clamp(a->value, low, high); });
}

ct_tensor* ct_matmul(const ct_tensor* a, const ct_tensor* b) {
  return tensor([&] { return bridge::matmul(a->value, b->value); });
}
ct_tensor* ct_linear(const ct_tensor* x, const ct_tensor* weight, const ct_tensor* bias) {
  return tensor([&] { return bridge::linear(x->value, weight->value, optional(bias)); });
}
ct_tensor* ct_addmm(const ct_tensor* bias, const ct_tensor* a, const ct_tensor* b) {
  return tensor([&] {
    if (!bridge::needs_widening(a->value)) return at::addmm(bias->value, a->value, b->value);
    return bridge::matmul(a->value, b->value) + bias->value;
  });
}
ct_tensor* ct_softmax(const ct_tensor* a, int dimension) {
  return tensor([&] { return at::softmax(a->value, dimension); });
}
ct_tensor* ct_log_softmax(const ct_tensor* a, int dimension) {
  return tensor([&] { return at::log_softmax(a->value, dimension); });
}
ct_tensor* ct_layer_norm(const ct_tensor* x, const ct_tensor* weight, const ct_tensor* bias, double epsilon) {
  return tensor(
      [&] { return at::layer_norm(x->value, {x->value.size(-1)}, optional(weight), optional(bias), epsilon); });
}
ct_tensor* ct_rms_norm(const ct_tensor* x, const ct_tensor* weight, double epsilon) {
  return tensor([&] { return at::rms_norm(x->value, {x->value.size(-1)}, optional(weight), epsilon); });
}
ct_tensor* ct_attention(const ct_tensor* q, const ct_tensor* k, const ct_tensor* v, const ct_tensor* mask, bool causal,
                        double scale, bool grouped_heads) {
  return tensor([&] {
    if (!bridge::needs_widening(q->value))
      return at::scaled_dot_product_attention(q->value, k->value, v->value, optional(mask), 0.0, causal, scale,
                                              grouped_heads);
    auto bias = optional(mask);
    if (bias && at::isFloatingType(bias->scalar_type())) bias = bias->to(at::kFloat);
    return at::scaled_dot_product_attention(q->value.to(at::kFloat), k->value.to(at::kFloat), v->value.to(at::kFloat),
                                            bias, 0.0, causal, scale, grouped_heads)
        .to(q->value.scalar_type());
  });
}
ct_tensor* ct_cross_entropy(const ct_tensor* logits, const ct_tensor* targets, int64_t ignore_index) {
  return tensor([&] {
    return at::cross_entropy_loss(logits->value, targets->value, {}, at::Reduction::Mean, ignore_index);
  });
}
