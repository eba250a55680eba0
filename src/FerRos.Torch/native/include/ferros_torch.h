// C interface of the shim over libtorch. Every function returns a status (0: done) and writes its results through
// pointers; the text of a failure is ferros_torch_last_error() of the same thread. A tensor is an owned pointer that
// ferros_torch_free releases; a null tensor stands for "none" where a comment allows it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
#define FERROS_EXTERN extern "C"
#else
#define FERROS_EXTERN
#endif
#define FERROS_API FERROS_EXTERN __attribute__((visibility("default")))

typedef struct ferros_tensor_s* ferros_tensor;

enum ferros_status {
  FERROS_OK = 0,
  FERROS_ERROR = 1,          // libtorch refused: shapes, types, states
  FERROS_OUT_OF_MEMORY = 2,  // on the host or on the device
  FERROS_ARGUMENT = 3,       // the shim refused an argument
  FERROS_UNEXPECTED = 4      // an exception of another library
};

// Numbers of c10::ScalarType, which libtorch keeps stable for serialization.
enum ferros_dtype {
  FERROS_UINT8 = 0,
  FERROS_INT8 = 1,
  FERROS_INT16 = 2,
  FERROS_INT32 = 3,
  FERROS_INT64 = 4,
  FERROS_FLOAT16 = 5,
  FERROS_FLOAT32 = 6,
  FERROS_FLOAT64 = 7,
  FERROS_BOOL = 11,
  FERROS_BFLOAT16 = 15
};

// Counts up with every change of this file that a binding must know of.
#define FERROS_TORCH_ABI 2

// error.cpp
FERROS_API int ferros_torch_abi(void);
FERROS_API const char* ferros_torch_last_error(void);

// device.cpp; device types are c10::DeviceType's numbers: 0 CPU, 1 CUDA
FERROS_API const char* ferros_torch_version(void);
FERROS_API int ferros_torch_cuda_count(int32_t* count);
FERROS_API int ferros_torch_synchronize(int32_t device_index);
FERROS_API int ferros_torch_get_num_threads(int32_t* count);
FERROS_API int ferros_torch_set_num_threads(int32_t count);
FERROS_API int ferros_torch_set_flush_denormal(int32_t on);
FERROS_API int ferros_torch_set_deterministic(int32_t on);
FERROS_API int ferros_torch_autocast_enter(int32_t device_type, int32_t dtype, int32_t* previous_enabled, int32_t* previous_dtype);
FERROS_API int ferros_torch_autocast_leave(int32_t device_type, int32_t previous_enabled, int32_t previous_dtype);

// tensor.cpp
FERROS_API int ferros_torch_free(ferros_tensor tensor);
FERROS_API int64_t ferros_torch_live_tensors(void);
FERROS_API int ferros_torch_empty(const int64_t* shape, int32_t dims, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result);
FERROS_API int ferros_torch_full(const int64_t* shape, int32_t dims, double value, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result);
FERROS_API int ferros_torch_arange(double start, double end, double step, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result);
FERROS_API int ferros_torch_from_data(const void* data, int64_t bytes, const int64_t* shape, int32_t dims, int32_t dtype, ferros_tensor* result);
FERROS_API int ferros_torch_to_data(ferros_tensor tensor, void* data, int64_t bytes);
FERROS_API int ferros_torch_alias(ferros_tensor tensor, ferros_tensor* result);
FERROS_API int ferros_torch_dim(ferros_tensor tensor, int64_t* dims);
FERROS_API int ferros_torch_sizes(ferros_tensor tensor, int64_t* sizes, int32_t capacity);
FERROS_API int ferros_torch_numel(ferros_tensor tensor, int64_t* count);
FERROS_API int ferros_torch_dtype(ferros_tensor tensor, int32_t* dtype);
FERROS_API int ferros_torch_device(ferros_tensor tensor, int32_t* device_type, int32_t* device_index);
FERROS_API int ferros_torch_item(ferros_tensor tensor, double* value);
FERROS_API int ferros_torch_item_int64(ferros_tensor tensor, int64_t* value);
FERROS_API int ferros_torch_to(ferros_tensor tensor, int32_t dtype, int32_t device_type, int32_t device_index, int32_t copy, ferros_tensor* result);
FERROS_API int ferros_torch_clone(ferros_tensor tensor, ferros_tensor* result);
FERROS_API int ferros_torch_contiguous(ferros_tensor tensor, int32_t channels_last, ferros_tensor* result);
FERROS_API int ferros_torch_copy_(ferros_tensor tensor, ferros_tensor source);

// random.cpp
FERROS_API int ferros_torch_manual_seed(int64_t seed);
FERROS_API int ferros_torch_get_rng_state(int32_t device_type, int32_t device_index, ferros_tensor* result);
FERROS_API int ferros_torch_set_rng_state(int32_t device_type, int32_t device_index, ferros_tensor state);
FERROS_API int ferros_torch_rand(const int64_t* shape, int32_t dims, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result);
FERROS_API int ferros_torch_randn(const int64_t* shape, int32_t dims, int32_t dtype, int32_t device_type, int32_t device_index, ferros_tensor* result);
FERROS_API int ferros_torch_randperm(int64_t count, ferros_tensor* result);

// autograd.cpp
FERROS_API int ferros_torch_get_requires_grad(ferros_tensor tensor, int32_t* value);
FERROS_API int ferros_torch_set_requires_grad(ferros_tensor tensor, int32_t value);
FERROS_API int ferros_torch_backward(ferros_tensor tensor, ferros_tensor gradient_or_null, int32_t retain_graph);
FERROS_API int ferros_torch_get_grad(ferros_tensor tensor, ferros_tensor* result_or_null);
FERROS_API int ferros_torch_set_grad(ferros_tensor tensor, ferros_tensor gradient_or_null);
FERROS_API int ferros_torch_detach(ferros_tensor tensor, ferros_tensor* result);
FERROS_API int ferros_torch_is_leaf(ferros_tensor tensor, int32_t* value);
FERROS_API int ferros_torch_grad_mode(int32_t enabled, int32_t* previous);

// math.cpp
#define FERROS_UNARY_OPS(X) X(neg) X(exp) X(log) X(sqrt) X(abs) X(square) X(relu) X(sigmoid) X(tanh) X(isfinite)
#define FERROS_BINARY_OPS(X) X(sub) X(mul) X(div) X(pow) X(maximum) X(minimum) X(eq) X(ne) X(lt) X(le) X(gt) X(ge) X(matmul)
#define FERROS_SCALAR_OPS(X) X(add) X(mul) X(div) X(pow) X(eq) X(ne) X(lt) X(le) X(gt) X(ge)
#define FERROS_DECLARE_UNARY(name) FERROS_API int ferros_torch_##name(ferros_tensor tensor, ferros_tensor* result);
#define FERROS_DECLARE_BINARY(name) FERROS_API int ferros_torch_##name(ferros_tensor left, ferros_tensor right, ferros_tensor* result);
#define FERROS_DECLARE_SCALAR(name) FERROS_API int ferros_torch_##name##_scalar(ferros_tensor tensor, double value, ferros_tensor* result);
FERROS_UNARY_OPS(FERROS_DECLARE_UNARY)
FERROS_BINARY_OPS(FERROS_DECLARE_BINARY)
FERROS_SCALAR_OPS(FERROS_DECLARE_SCALAR)
FERROS_API int ferros_torch_add(ferros_tensor left, ferros_tensor right, double alpha, ferros_tensor* result);
FERROS_API int ferros_torch_clamp(ferros_tensor tensor, double low, double high, ferros_tensor* result);
FERROS_API int ferros_torch_where(ferros_tensor condition, ferros_tensor yes, ferros_tensor no, ferros_tensor* result);

// inplace.cpp
FERROS_API int ferros_torch_add_(ferros_tensor tensor, ferros_tensor other, double alpha);
FERROS_API int ferros_torch_mul_(ferros_tensor tensor, ferros_tensor other);
FERROS_API int ferros_torch_add_scalar_(ferros_tensor tensor, double value);
FERROS_API int ferros_torch_mul_scalar_(ferros_tensor tensor, double value);
FERROS_API int ferros_torch_fill_(ferros_tensor tensor, double value);
FERROS_API int ferros_torch_sqrt_(ferros_tensor tensor);
FERROS_API int ferros_torch_clamp_(ferros_tensor tensor, double low, double high);
FERROS_API int ferros_torch_lerp_(ferros_tensor tensor, ferros_tensor end, double weight);
FERROS_API int ferros_torch_addcmul_(ferros_tensor tensor, ferros_tensor left, ferros_tensor right, double value);
FERROS_API int ferros_torch_addcdiv_(ferros_tensor tensor, ferros_tensor numerator, ferros_tensor denominator, double value);
FERROS_API int ferros_torch_maximum_(ferros_tensor tensor, ferros_tensor other);

// reduce.cpp; no dims: over all
FERROS_API int ferros_torch_sum(ferros_tensor tensor, const int64_t* dims, int32_t count, int32_t keepdim, ferros_tensor* result);
FERROS_API int ferros_torch_mean(ferros_tensor tensor, const int64_t* dims, int32_t count, int32_t keepdim, ferros_tensor* result);
FERROS_API int ferros_torch_var(ferros_tensor tensor, const int64_t* dims, int32_t count, int32_t unbiased, int32_t keepdim, ferros_tensor* result);
FERROS_API int ferros_torch_max_all(ferros_tensor tensor, ferros_tensor* result);
FERROS_API int ferros_torch_min_all(ferros_tensor tensor, ferros_tensor* result);
FERROS_API int ferros_torch_max_dim(ferros_tensor tensor, int64_t dim, int32_t keepdim, ferros_tensor* values, ferros_tensor* indices);
FERROS_API int ferros_torch_argmax(ferros_tensor tensor, int64_t dim, int32_t keepdim, ferros_tensor* result);
FERROS_API int ferros_torch_all(ferros_tensor tensor, ferros_tensor* result);

// shape.cpp
FERROS_API int ferros_torch_reshape(ferros_tensor tensor, const int64_t* shape, int32_t dims, ferros_tensor* result);
FERROS_API int ferros_torch_permute(ferros_tensor tensor, const int64_t* order, int32_t dims, ferros_tensor* result);
FERROS_API int ferros_torch_transpose(ferros_tensor tensor, int64_t first, int64_t second, ferros_tensor* result);
FERROS_API int ferros_torch_expand(ferros_tensor tensor, const int64_t* shape, int32_t dims, ferros_tensor* result);
FERROS_API int ferros_torch_squeeze(ferros_tensor tensor, int64_t dim, ferros_tensor* result);
FERROS_API int ferros_torch_unsqueeze(ferros_tensor tensor, int64_t dim, ferros_tensor* result);
FERROS_API int ferros_torch_slice(ferros_tensor tensor, int64_t dim, int64_t start, int64_t end, int64_t step, ferros_tensor* result);
FERROS_API int ferros_torch_select(ferros_tensor tensor, int64_t dim, int64_t index, ferros_tensor* result);
FERROS_API int ferros_torch_index_select(ferros_tensor tensor, int64_t dim, ferros_tensor index, ferros_tensor* result);
FERROS_API int ferros_torch_flip(ferros_tensor tensor, const int64_t* dims, int32_t count, ferros_tensor* result);
FERROS_API int ferros_torch_cat(const ferros_tensor* tensors, int32_t count, int64_t dim, ferros_tensor* result);
FERROS_API int ferros_torch_stack(const ferros_tensor* tensors, int32_t count, int64_t dim, ferros_tensor* result);

// nn.cpp; a null bias stands for none
FERROS_API int ferros_torch_conv2d(ferros_tensor input, ferros_tensor weight, ferros_tensor bias_or_null, int64_t stride_y, int64_t stride_x, int64_t padding_y, int64_t padding_x, int64_t groups, ferros_tensor* result);
FERROS_API int ferros_torch_linear(ferros_tensor input, ferros_tensor weight, ferros_tensor bias_or_null, ferros_tensor* result);
FERROS_API int ferros_torch_batch_norm(ferros_tensor input, ferros_tensor gamma_or_null, ferros_tensor beta_or_null, ferros_tensor mean_or_null, ferros_tensor variance_or_null, int32_t training, double momentum, double epsilon, ferros_tensor* result);
FERROS_API int ferros_torch_max_pool2d(ferros_tensor input, int64_t kernel_y, int64_t kernel_x, int64_t stride_y, int64_t stride_x, int64_t padding_y, int64_t padding_x, ferros_tensor* result);
FERROS_API int ferros_torch_avg_pool2d(ferros_tensor input, int64_t kernel_y, int64_t kernel_x, int64_t stride_y, int64_t stride_x, int64_t padding_y, int64_t padding_x, int32_t count_padding, ferros_tensor* result);
FERROS_API int ferros_torch_pad(ferros_tensor input, const int64_t* amounts, int32_t count, double value, ferros_tensor* result);
FERROS_API int ferros_torch_upsample_bilinear2d(ferros_tensor input, int64_t height, int64_t width, int32_t align_corners, ferros_tensor* result);
FERROS_API int ferros_torch_softmax(ferros_tensor input, int64_t dim, ferros_tensor* result);
FERROS_API int ferros_torch_log_softmax(ferros_tensor input, int64_t dim, ferros_tensor* result);
FERROS_API int ferros_torch_dropout(ferros_tensor input, double probability, int32_t training, ferros_tensor* result);
