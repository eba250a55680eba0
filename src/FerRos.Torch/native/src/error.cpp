#include "shim.h"

#include <cstring>

namespace {
thread_local std::string last_error;
}

namespace ferros {

int fail(int status, const char* text) noexcept {
  try {
    last_error = text;
  } catch (...) {
    last_error.clear();
  }
  return status;
}

int fail_c10(const c10::Error& error) noexcept {
  // Without the C++ backtrace, which helps nobody who calls from C#.
  const char* text = error.what_without_backtrace();
  const bool memory = std::strstr(text, "out of memory") != nullptr || std::strstr(text, "can't allocate memory") != nullptr;
  return fail(memory ? FERROS_OUT_OF_MEMORY : FERROS_ERROR, text);
}

}  // namespace ferros

FERROS_API const char* ferros_torch_last_error(void) { return last_error.c_str(); }

FERROS_API int ferros_torch_abi(void) { return FERROS_TORCH_ABI; }
