#include "bridge.h"

using namespace bridge;

namespace {

std::vector<at::Tensor> list(const ct_tensor* const* tensors, int count) {
  std::vector<at::Tensor> values;
  values.reserve(count);
  for (int i = 0; i < count; ++i) values.push_back(tensors[i]->value);
  return values;
}

}  // namespace

ct_tensor* ct_view(const ct_tensor* a, const int64_t* shape, int rank) {
  return tensor([&] { return a->value.view(sizes(shape, rank)); });
}
ct_tensor* ct_reshape(const ct_tensor* a, const int64_t* shape, int rank) {
  return tensor([&] { return a->value.reshape(sizes(shape, rank)); });
}
ct_tensor* ct_expand(const ct_tensor* a, const int64_t* shape, int rank) {
  return tensor([&] { return a->value.expand(sizes(shape, rank)); });
}
ct_tensor* ct_permute(const ct_tensor* a, const int64_t* order, int rank) {
  return tensor([&] { return a->value.permute(sizes(order, rank)); });
}
ct_tensor* ct_transpose(const ct_tensor* a, int x, int y) {
  return tensor([&] { return a->value.transpose(x, y); });
}
ct_tensor* ct_squeeze(const ct_tensor* a, int dimension) {
  return tensor([&] { return a->value.squeeze(dimension); });
}
ct_tensor* ct_unsqueeze(const ct_tensor* a, int dimension) {
  return tensor([&] { return a->value.unsqueeze(dimension); });
}
ct_tensor* ct_narrow(const ct_tensor* a, int dimension, int64_t start, int64_t length) {
  return tensor([&] { return a->value.narrow(dimension, start, length); });
}
ct_tensor* ct_select(const ct_tensor* a, int dimension, int64_t index) {
  return tensor([&] { return a->value.select(dimension, index); });
}
ct_tensor* ct_index_select(const ct_tensor* a, int dimension, const ct_tensor* index) {
  return tensor([&] { return a->value.index_select(dimension, index->value); });
}
ct_tensor* ct_gather(const ct_tensor* a, int dimension, const ct_tensor* index) {
  return tensor([&] { return a->value.gather(dimension, index->value); });
}
ct_tensor* ct_embedding(const ct_tensor* weight, const ct_tensor* ids) {
  return tensor([&] { return at::embedding(weight->value, ids->value); });
}
ct_tensor* ct_cat(const ct_tensor* const* tensors, int count, int dimension) {
  return tensor([&] { return at::cat(list(tensors, count), dimension); });
}
ct_tensor* ct_stack(const ct_tensor* const* tensors, int count, int dimension) {
  return tensor([&] { return at::stack(list(tensors, count), dimension); });
}
ct_tensor* ct_where(const ct_tensor* condition, const ct_tensor* a, const ct_tensor* b) {
  return tensor([&] { return at::where(condition->value, a->value, b->value); });
}
ct_tensor* ct_masked_fill(const ct_tensor* a, const ct_tensor* mask, double value) {
  return tensor([&] { return a->value.masked_fill(mask->value, value); });
}
ct_tensor* ct_tril(const ct_tensor* a, int64_t diagonal) {
  return tensor([&] { return at::tril(a->value, diagonal); });
}
ct_tensor* ct_triu(const ct_tensor* a, int64_t diagonal) {
  return tensor([&] { return at::triu(a->value, diagonal); });
}
ct_tensor* ct_diagonal(const ct_tensor* a) {
  return tensor([&] { return at::diagonal(a->value); });
}
ct_tensor* ct_flip(const ct_tensor* a, int dimension) {
  return tensor([&] { return at::flip(a->value, {dimension}); });
}
ct_tensor* ct_scatter_add(const ct_tensor* a, int dimension, const ct_tensor* index, const ct_tensor* source) {
  return tensor([&] { return a->value.scatter_add(dimension, index->value, source->value); });
}
ct_tensor* ct_index_copy(const ct_tensor* a, int dimension, const ct_tensor* index, const ct_tensor* source) {
  return tensor([&] { return a->value.index_copy(dimension, index->value, source->value); });
}
ct_tensor* ct_index_add(const ct_tensor* a, int dimension, const ct_tensor* index, const ct_tensor* source) {
  return tensor([&] { return a->value.index_add(dimension, index->value, source->value); });
}

bool ct_copy_(ct_tensor* a, const ct_tensor* source) {
  return effect([&] { a->value.copy_(source->value); });
}
bool ct_fill_(ct_tensor* a, double value) {
  return effect([&] { a->value.fill_(value); });
}
bool ct_scatter_add_(ct_tensor* a, int dimension, const ct_tensor* index, const ct_tensor* source) {
  return effect([&] { a->value.scatter_add_(dimension, index->value, source->value); });
}
