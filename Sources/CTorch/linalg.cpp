#include "bridge.h"

using namespace bridge;

ct_tensor* ct_cholesky(const ct_tensor* a) {
  return tensor([&] { return at::linalg_cholesky(a->value); });
}
ct_tensor* ct_cholesky_solve(const ct_tensor* b, const ct_tensor* lower) {
  return tensor([&] { return at::cholesky_solve(b->value, lower->value); });
}
ct_tensor* ct_solve_triangular(const ct_tensor* a, const ct_tensor* b, bool upper, bool left) {
  return tensor([&] { return at::linalg_solve_triangular(a->value, b->value, upper, left); });
}
ct_tensor* ct_solve(const ct_tensor* a, const ct_tensor* b) {
  return tensor([&] { return at::linalg_solve(a->value, b->value); });
}
bool ct_symmetric_eigen(const ct_tensor* a, ct_tensor** values, ct_tensor** vectors) {
  return effect([&] {
    auto [lambda, basis] = at::linalg_eigh(a->value);
    *values = new ct_tensor(lambda);
    *vectors = new ct_tensor(basis);
  });
}
bool ct_svd(const ct_tensor* a, ct_tensor** u, ct_tensor** s, ct_tensor** vt) {
  return effect([&] {
    auto [left, singular, right] = at::linalg_svd(a->value, false);
    *u = new ct_tensor(left);
    *s = new ct_tensor(singular);
    *vt = new ct_tensor(right);
  });
}
bool ct_qr(const ct_tensor* a, ct_tensor** q, ct_tensor** r) {
  return effect([&] {
    auto [orthogonal, triangular] = at::linalg_qr(a->value);
    *q = new ct_tensor(orthogonal);
    *r = new ct_tensor(triangular);
  });
}
bool ct_positive_eigenvalue_count(const ct_tensor* a, int64_t* count) {
  return effect([&] {
    auto [factor, pivots, info] = at::linalg_ldl_factor_ex(a->value);
    // LAPACK marks both rows of a 2 x 2 block by negative pivots; such a block has one eigenvalue of either sign.
    auto pairs = pivots.lt(0);
    auto single = factor.diagonal().gt(0).logical_and(pairs.logical_not());
    *count = single.sum().item<int64_t>() + pairs.sum().item<int64_t>() / 2;
  });
}
