// A C interface to the part of libtorch that AlphaEdit uses. Nothing of C++ passes through it: every function that
// can fail returns NULL (or false) and leaves libtorch's message in ct_last_error() of the calling thread.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor ct_tensor;
typedef struct ct_generator ct_generator;

typedef enum { CT_F32, CT_F64, CT_F16, CT_BF16, CT_I64, CT_I32, CT_U8, CT_BOOL } ct_dtype;
typedef enum { CT_CPU, CT_CUDA, CT_MPS } ct_device_kind;
typedef struct {
  ct_device_kind kind;
  int index;
} ct_device;

const char *_Nonnull ct_last_error(void);

// Devices and threads (devices.cpp)
bool ct_device_available(ct_device device);
int ct_device_count(ct_device_kind kind);
bool ct_load_library(const char *_Nonnull path);
bool ct_device_memory(ct_device device, int64_t *_Nonnull free_bytes, int64_t *_Nonnull total_bytes);
bool ct_synchronize(ct_device device);
int ct_get_num_threads(void);
void ct_set_num_threads(int count);
const char *_Nonnull ct_version(void);
// The instruction set that libtorch's kernels are chosen for: "AVX2", "AVX512", …
const char *_Nonnull ct_cpu_capability(void);
bool ct_has_mkl(void);
bool ct_has_openmp(void);
// Whether products in bfloat16 and float16 run as such, and not widened (widened.cpp).
bool ct_has_narrow_products(void);

// Life and properties (tensor.cpp)
void ct_free(ct_tensor *_Nullable tensor);
int64_t ct_live_tensors(void);
int ct_rank(const ct_tensor *_Nonnull tensor);
int64_t ct_size(const ct_tensor *_Nonnull tensor, int dimension);
int64_t ct_count(const ct_tensor *_Nonnull tensor);
ct_dtype ct_get_dtype(const ct_tensor *_Nonnull tensor);
ct_device ct_get_device(const ct_tensor *_Nonnull tensor);
bool ct_is_contiguous(const ct_tensor *_Nonnull tensor);
// The address of a contiguous CPU tensor's first element.
const void *_Nullable ct_data(const ct_tensor *_Nonnull tensor);

ct_tensor *_Nullable ct_full(const int64_t *_Nullable shape, int rank, double value, ct_dtype dtype, ct_device device);
ct_tensor *_Nullable ct_arange(int64_t start, int64_t end, ct_device device);
ct_tensor *_Nullable ct_eye(int64_t n, ct_dtype dtype, ct_device device);
ct_tensor *_Nullable ct_copy_bytes(const void *_Nonnull bytes, const int64_t *_Nullable shape, int rank, ct_dtype dtype);
// Borrows the memory; `release(owner)` runs when libtorch lets go of it.
ct_tensor *_Nullable ct_borrow_bytes(void *_Nonnull bytes, const int64_t *_Nullable shape, int rank, ct_dtype dtype,
                                     void *_Nonnull owner, void (*_Nonnull release)(void *_Nonnull));
ct_tensor *_Nullable ct_to(const ct_tensor *_Nonnull tensor, ct_dtype dtype, ct_device device);
ct_tensor *_Nullable ct_contiguous(const ct_tensor *_Nonnull tensor);
ct_tensor *_Nullable ct_clone(const ct_tensor *_Nonnull tensor);
bool ct_item(const ct_tensor *_Nonnull tensor, double *_Nonnull value);

ct_generator *_Nullable ct_generator_new(uint64_t seed);
void ct_generator_free(ct_generator *_Nullable generator);
ct_tensor *_Nullable ct_randn(const int64_t *_Nullable shape, int rank, ct_generator *_Nonnull generator);
ct_tensor *_Nullable ct_rand(const int64_t *_Nullable shape, int rank, ct_generator *_Nonnull generator);
ct_tensor *_Nullable ct_randint(int64_t high, const int64_t *_Nullable shape, int rank,
                                ct_generator *_Nonnull generator);
ct_tensor *_Nullable ct_multinomial(const ct_tensor *_Nonnull probabilities, int64_t samples,
                                    ct_generator *_Nonnull generator);

// Views and indexing (views.cpp)
ct_tensor *_Nullable ct_view(const ct_tensor *_Nonnull tensor, const int64_t *_Nullable shape, int rank);
ct_tensor *_Nullable ct_reshape(const ct_tensor *_Nonnull tensor, const int64_t *_Nullable shape, int rank);
ct_tensor *_Nullable ct_expand(const ct_tensor *_Nonnull tensor, const int64_t *_Nullable shape, int rank);
ct_tensor *_Nullable ct_permute(const ct_tensor *_Nonnull tensor, const int64_t *_Nullable order, int rank);
ct_tensor *_Nullable ct_transpose(const ct_tensor *_Nonnull tensor, int a, int b);
ct_tensor *_Nullable ct_squeeze(const ct_tensor *_Nonnull tensor, int dimension);
ct_tensor *_Nullable ct_unsqueeze(const ct_tensor *_Nonnull tensor, int dimension);
ct_tensor *_Nullable ct_narrow(const ct_tensor *_Nonnull tensor, int dimension, int64_t start, int64_t length);
ct_tensor *_Nullable ct_select(const ct_tensor *_Nonnull tensor, int dimension, int64_t index);
ct_tensor *_Nullable ct_index_select(const ct_tensor *_Nonnull tensor, int dimension, const ct_tensor *_Nonnull index);
ct_tensor *_Nullable ct_gather(const ct_tensor *_Nonnull tensor, int dimension, const ct_tensor *_Nonnull index);
ct_tensor *_Nullable ct_embedding(const ct_tensor *_Nonnull weight, const ct_tensor *_Nonnull ids);
ct_tensor *_Nullable ct_cat(const ct_tensor *_Nonnull const *_Nonnull tensors, int count, int dimension);
ct_tensor *_Nullable ct_stack(const ct_tensor *_Nonnull const *_Nonnull tensors, int count, int dimension);
ct_tensor *_Nullable ct_where(const ct_tensor *_Nonnull condition, const ct_tensor *_Nonnull a,
                              const ct_tensor *_Nonnull b);
ct_tensor *_Nullable ct_masked_fill(const ct_tensor *_Nonnull tensor, const ct_tensor *_Nonnull mask, double value);
ct_tensor *_Nullable ct_tril(const ct_tensor *_Nonnull tensor, int64_t diagonal);
ct_tensor *_Nullable ct_triu(const ct_tensor *_Nonnull tensor, int64_t diagonal);
ct_tensor *_Nullable ct_diagonal(const ct_tensor *_Nonnull tensor);
ct_tensor *_Nullable ct_flip(const ct_tensor *_Nonnull tensor, int dimension);
ct_tensor *_Nullable ct_scatter_add(const ct_tensor *_Nonnull tensor, int dimension, const ct_tensor *_Nonnull index,
                                    const ct_tensor *_Nonnull source);
ct_tensor *_Nullable ct_index_copy(const ct_tensor *_Nonnull tensor, int dimension, const ct_tensor *_Nonnull index,
                                   const ct_tensor *_Nonnull source);
ct_tensor *_Nullable ct_index_add(const ct_tensor *_Nonnull tensor, int dimension, const ct_tensor *_Nonnull index,
                                  const ct_tensor *_Nonnull source);
// In place, on the memory the tensor views.
bool ct_copy_(ct_tensor *_Nonnull tensor, const ct_tensor *_Nonnull source);
bool ct_fill_(ct_tensor *_Nonnull tensor, double value);
bool ct_scatter_add_(ct_tensor *_Nonnull tensor, int dimension, const ct_tensor *_Nonnull index,
                     const ct_tensor *_Nonnull source);

// Arithmetic (operations.cpp)
typedef enum {
  CT_NEG, CT_EXP, CT_LOG, CT_SQRT, CT_RSQRT, CT_ABS, CT_TANH, CT_SIGMOID, CT_SILU, CT_GELU, CT_GELU_TANH, CT_RELU,
  CT_SIN, CT_COS, CT_SQUARE, CT_RECIPROCAL, CT_ROUND, CT_ISFINITE, CT_NOT
} ct_unary;
typedef enum {
  CT_ADD, CT_SUB, CT_MUL, CT_DIV, CT_POW, CT_MAXIMUM, CT_MINIMUM, CT_EQ, CT_NE, CT_LT, CT_LE, CT_GT, CT_GE, CT_AND,
  CT_OR
} ct_binary;
typedef enum { CT_SUM, CT_MEAN, CT_AMAX, CT_AMIN, CT_LOGSUMEXP, CT_NORM, CT_ANY, CT_ALL } ct_reduction;

ct_tensor *_Nullable ct_apply_unary(ct_unary op, const ct_tensor *_Nonnull a);
bool ct_apply_unary_(ct_unary op, ct_tensor *_Nonnull a);
ct_tensor *_Nullable ct_apply_binary(ct_binary op, const ct_tensor *_Nonnull a, const ct_tensor *_Nonnull b);
ct_tensor *_Nullable ct_apply_scalar(ct_binary op, const ct_tensor *_Nonnull a, double b);
bool ct_apply_binary_(ct_binary op, ct_tensor *_Nonnull a, const ct_tensor *_Nonnull b);
bool ct_apply_scalar_(ct_binary op, ct_tensor *_Nonnull a, double b);
// a + scale · b ∘ c, in place
bool ct_addcmul_(ct_tensor *_Nonnull a, const ct_tensor *_Nonnull b, const ct_tensor *_Nonnull c, double scale);
// β a + α b c, in place
bool ct_addmm_(ct_tensor *_Nonnull a, const ct_tensor *_Nonnull b, const ct_tensor *_Nonnull c, double beta,
               double alpha);
ct_tensor *_Nullable ct_reduce(ct_reduction op, const ct_tensor *_Nonnull a, const int64_t *_Nullable dimensions,
                               int count, bool keep);
ct_tensor *_Nullable ct_argmax(const ct_tensor *_Nonnull a, int dimension);
ct_tensor *_Nullable ct_cumsum(const ct_tensor *_Nonnull a, int dimension);
// The k-th smallest element along a dimension, counted from 1.
ct_tensor *_Nullable ct_kth_smallest(const ct_tensor *_Nonnull a, int64_t k, int dimension);
bool ct_topk(const ct_tensor *_Nonnull a, int64_t k, int dimension, ct_tensor *_Nullable *_Nonnull values,
             ct_tensor *_Nullable *_Nonnull indices);
bool ct_sort(const ct_tensor *_Nonnull a, int dimension, bool descending, ct_tensor *_Nullable *_Nonnull values,
             ct_tensor *_Nullable *_Nonnull indices);
ct_tensor *_Nullable ct_clamp(const ct_tensor *_Nonnull a, double low, double high);

ct_tensor *_Nullable ct_matmul(const ct_tensor *_Nonnull a, const ct_tensor *_Nonnull b);
ct_tensor *_Nullable ct_linear(const ct_tensor *_Nonnull x, const ct_tensor *_Nonnull weight,
                               const ct_tensor *_Nullable bias);
ct_tensor *_Nullable ct_addmm(const ct_tensor *_Nonnull bias, const ct_tensor *_Nonnull a,
                              const ct_tensor *_Nonnull b);
ct_tensor *_Nullable ct_softmax(const ct_tensor *_Nonnull a, int dimension);
ct_tensor *_Nullable ct_log_softmax(const ct_tensor *_Nonnull a, int dimension);
ct_tensor *_Nullable ct_layer_norm(const ct_tensor *_Nonnull x, const ct_tensor *_Nullable weight,
                                   const ct_tensor *_Nullable bias, double epsilon);
ct_tensor *_Nullable ct_rms_norm(const ct_tensor *_Nonnull x, const ct_tensor *_Nullable weight, double epsilon);
ct_tensor *_Nullable ct_attention(const ct_tensor *_Nonnull q, const ct_tensor *_Nonnull k,
                                  const ct_tensor *_Nonnull v, const ct_tensor *_Nullable mask, bool causal,
                                  double scale, bool grouped_heads);
ct_tensor *_Nullable ct_cross_entropy(const ct_tensor *_Nonnull logits, const ct_tensor *_Nonnull targets,
                                      int64_t ignore_index);

// Linear algebra (linalg.cpp)
ct_tensor *_Nullable ct_cholesky(const ct_tensor *_Nonnull a);
ct_tensor *_Nullable ct_cholesky_solve(const ct_tensor *_Nonnull b, const ct_tensor *_Nonnull lower);
ct_tensor *_Nullable ct_solve_triangular(const ct_tensor *_Nonnull a, const ct_tensor *_Nonnull b, bool upper,
                                         bool left);
ct_tensor *_Nullable ct_solve(const ct_tensor *_Nonnull a, const ct_tensor *_Nonnull b);
bool ct_symmetric_eigen(const ct_tensor *_Nonnull a, ct_tensor *_Nullable *_Nonnull values,
                        ct_tensor *_Nullable *_Nonnull vectors);
bool ct_svd(const ct_tensor *_Nonnull a, ct_tensor *_Nullable *_Nonnull u, ct_tensor *_Nullable *_Nonnull s,
            ct_tensor *_Nullable *_Nonnull vt);
bool ct_qr(const ct_tensor *_Nonnull a, ct_tensor *_Nullable *_Nonnull q, ct_tensor *_Nullable *_Nonnull r);
// How many eigenvalues of a symmetric matrix are above zero.
bool ct_positive_eigenvalue_count(const ct_tensor *_Nonnull a, int64_t *_Nonnull count);

// Autograd (autograd.cpp)
ct_tensor *_Nullable ct_detach(const ct_tensor *_Nonnull tensor);
bool ct_set_requires_grad(ct_tensor *_Nonnull tensor, bool required);
bool ct_requires_grad(const ct_tensor *_Nonnull tensor);
// d(outputs · output_gradients)/d(inputs); `gradients` receives one tensor an input.
bool ct_grad(const ct_tensor *_Nonnull const *_Nonnull outputs,
             const ct_tensor *_Nonnull const *_Nullable output_gradients, int output_count,
             const ct_tensor *_Nonnull const *_Nonnull inputs, int input_count,
             ct_tensor *_Nullable *_Nonnull gradients);
bool ct_grad_enabled(void);
void ct_set_grad_enabled(bool enabled);

#ifdef __cplusplus
}
#endif
#endif
