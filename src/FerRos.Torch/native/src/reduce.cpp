#include "shim.h"

using namespace ferros;

FERROS_API int ferros_torch_sum(ferros_tensor handle, const int64_t* dims, int32_t count, int32_t keepdim, ferros_tensor* result) {
  return guard([&] { give(count == 0 ? tensor(handle).sum() : tensor(handle).sum(list(dims, count), keepdim != 0), result); });
}

FERROS_API int ferros_torch_mean(ferros_tensor handle, const int64_t* dims, int32_t count, int32_t keepdim, ferros_tensor* result) {
  return guard([&] { give(count == 0 ? tensor(handle).mean() : tensor(handle).mean(list(dims, count), keepdim != 0), result); });
}

FERROS_API int ferros_torch_var(ferros_tensor handle, const int64_t* dims, int32_t count, int32_t unbiased, int32_t keepdim, ferros_tensor* result) {
  return guard([&] {
    give(count == 0 ? tensor(handle).var(unbiased != 0) : tensor(handle).var(list(dims, count), unbiased != 0, keepdim != 0), result);
  });
}

FERROS_API int ferros_torch_max_all(ferros_tensor handle, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).max(), result); });
}

FERROS_API int ferros_torch_min_all(ferros_tensor handle, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).min(), result); });
}

FERROS_API int ferros_torch_max_dim(ferros_tensor handle, int64_t dim, int32_t keepdim, ferros_tensor* values, ferros_tensor* indices) {
  return guard([&] {
    if (indices == nullptr) throw ArgumentError("the place for the result is null");
    auto found = tensor(handle).max(dim, keepdim != 0);
    give(std::get<0>(found), values);
    give(std::get<1>(found), indices);
  });
}

FERROS_API int ferros_torch_argmax(ferros_tensor handle, int64_t dim, int32_t keepdim, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).argmax(dim, keepdim != 0), result); });
}

FERROS_API int ferros_torch_all(ferros_tensor handle, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).all(), result); });
}
