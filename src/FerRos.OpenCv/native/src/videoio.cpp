#include <algorithm>
#include <cstring>
#include <string>

#include <opencv2/videoio.hpp>

#include "shim.hpp"

using ferros::guard;
using ferros::mat;

namespace {

cv::VideoCapture& capture(ferros_cv_capture* handle) { return *reinterpret_cast<cv::VideoCapture*>(handle); }
const cv::VideoCapture& capture(const ferros_cv_capture* handle) { return *reinterpret_cast<const cv::VideoCapture*>(handle); }
cv::VideoWriter& writer(ferros_cv_writer* handle) { return *reinterpret_cast<cv::VideoWriter*>(handle); }
const cv::VideoWriter& writer(const ferros_cv_writer* handle) { return *reinterpret_cast<const cv::VideoWriter*>(handle); }

}  // namespace

int32_t ferros_cv_capture_new(ferros_cv_capture** result)
{
    return guard([&] { *result = reinterpret_cast<ferros_cv_capture*>(new cv::VideoCapture()); });
}

void ferros_cv_capture_delete(ferros_cv_capture* value)
{
    guard([&] { delete reinterpret_cast<cv::VideoCapture*>(value); });
}

int32_t ferros_cv_capture_open_path(ferros_cv_capture* value, const char* path, int32_t api, int32_t* opened)
{
    return guard([&] { *opened = capture(value).open(path, api) ? 1 : 0; });
}

int32_t ferros_cv_capture_open_index(ferros_cv_capture* value, int32_t index, int32_t api, int32_t* opened)
{
    return guard([&] { *opened = capture(value).open(index, api) ? 1 : 0; });
}

int32_t ferros_cv_capture_is_opened(const ferros_cv_capture* value, int32_t* opened)
{
    return guard([&] { *opened = capture(value).isOpened() ? 1 : 0; });
}

int32_t ferros_cv_capture_release(ferros_cv_capture* value)
{
    return guard([&] { capture(value).release(); });
}

int32_t ferros_cv_capture_grab(ferros_cv_capture* value, int32_t* grabbed)
{
    return guard([&] { *grabbed = capture(value).grab() ? 1 : 0; });
}

int32_t ferros_cv_capture_retrieve(ferros_cv_capture* value, ferros_cv_mat* destination, int32_t flag, int32_t* retrieved)
{
    return guard([&] { *retrieved = capture(value).retrieve(mat(destination), flag) ? 1 : 0; });
}

int32_t ferros_cv_capture_read(ferros_cv_capture* value, ferros_cv_mat* destination, int32_t* read)
{
    return guard([&] { *read = capture(value).read(mat(destination)) ? 1 : 0; });
}

int32_t ferros_cv_capture_get(const ferros_cv_capture* value, int32_t property, double* result)
{
    return guard([&] { *result = capture(value).get(property); });
}

int32_t ferros_cv_capture_set(ferros_cv_capture* value, int32_t property, double number, int32_t* accepted)
{
    return guard([&] { *accepted = capture(value).set(property, number) ? 1 : 0; });
}

int32_t ferros_cv_capture_backend(const ferros_cv_capture* value, char* buffer, int32_t capacity)
{
    return guard([&] {
        const std::string name = capture(value).isOpened() ? std::string(capture(value).getBackendName()) : std::string();
        const size_t length = std::min(name.size(), static_cast<size_t>(std::max(capacity, 1)) - 1);
        std::memcpy(buffer, name.data(), length);
        buffer[length] = 0;
    });
}

int32_t ferros_cv_writer_new(ferros_cv_writer** result)
{
    return guard([&] { *result = reinterpret_cast<ferros_cv_writer*>(new cv::VideoWriter()); });
}

void ferros_cv_writer_delete(ferros_cv_writer* value)
{
    guard([&] { delete reinterpret_cast<cv::VideoWriter*>(value); });
}

int32_t ferros_cv_writer_open(ferros_cv_writer* value, const char* path, int32_t api, int32_t fourcc, double fps, int32_t width,
                              int32_t height, int32_t colour, int32_t* opened)
{
    return guard([&] { *opened = writer(value).open(path, api, fourcc, fps, cv::Size(width, height), colour != 0) ? 1 : 0; });
}

int32_t ferros_cv_writer_is_opened(const ferros_cv_writer* value, int32_t* opened)
{
    return guard([&] { *opened = writer(value).isOpened() ? 1 : 0; });
}

int32_t ferros_cv_writer_write(ferros_cv_writer* value, const ferros_cv_mat* picture)
{
    return guard([&] { writer(value).write(mat(picture)); });
}

int32_t ferros_cv_writer_release(ferros_cv_writer* value)
{
    return guard([&] { writer(value).release(); });
}
