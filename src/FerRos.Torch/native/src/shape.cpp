#include "shim.h"

#include <vector>

using namespace ferros;

namespace {
std::vector<at::Tensor> gather(const ferros_tensor* handles, int32_t count) {
  if (count < 1 || handles == nullptr) throw ArgumentError("at least one tensor is needed");
  std::vector<at::Tensor> tensors;
  tensors.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; i++) tensors.push_back(tensor(handles[i]));
  return tensors;
}
}  // namespace

FERROS_API int ferros_torch_reshape(ferros_tensor handle, const int64_t* shape, int32_t dims, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).reshape(list(shape, dims)), result); });
}

FERROS_API int ferros_torch_permute(ferros_tensor handle, const int64_t* order, int32_t dims, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).permute(list(order, dims)), result); });
}

FERROS_API int ferros_torch_transpose(ferros_tensor handle, int64_t first, int64_t second, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).transpose(first, second), result); });
}

FERROS_API int ferros_torch_expand(ferros_tensor handle, const int64_t* shape, int32_t dims, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).expand(list(shape, dims)), result); });
}

FERROS_API int ferros_torch_squeeze(ferros_tensor handle, int64_t dim, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).squeeze(dim), result); });
}

FERROS_API int ferros_torch_unsqueeze(ferros_tensor handle, int64_t dim, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).unsqueeze(dim), result); });
}

FERROS_API int ferros_torch_slice(ferros_tensor handle, int64_t dim, int64_t start, int64_t end, int64_t step, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).slice(dim, start, end, step), result); });
}

FERROS_API int ferros_torch_select(ferros_tensor handle, int64_t dim, int64_t index, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).select(dim, index), result); });
}

FERROS_API int ferros_torch_index_select(ferros_tensor handle, int64_t dim, ferros_tensor index, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).index_select(dim, tensor(index)), result); });
}

FERROS_API int ferros_torch_flip(ferros_tensor handle, const int64_t* dims, int32_t count, ferros_tensor* result) {
  return guard([&] { give(tensor(handle).flip(list(dims, count)), result); });
}

FERROS_API int ferros_torch_cat(const ferros_tensor* handles, int32_t count, int64_t dim, ferros_tensor* result) {
  return guard([&] { give(at::cat(gather(handles, count), dim), result); });
}

FERROS_API int ferros_torch_stack(const ferros_tensor* handles, int32_t count, int64_t dim, ferros_tensor* result) {
  return guard([&] { give(at::stack(gather(handles, count), dim), result); });
}
