#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <opencv2/imgcodecs.hpp>

#include "shim.hpp"

using ferros::guard;
using ferros::mat;

namespace {

constexpr size_t kept_capacity = size_t{64} << 20;

std::vector<int> list(const int32_t* values, int32_t count) { return count > 0 ? std::vector<int>(values, values + count) : std::vector<int>(); }

// Where the header of the data cannot be read, cv::imdecode leaves the destination as it was, and says nothing.
// A mark in the first bytes tells a fresh picture from a stale one; the rare picture that happens to begin with the
// mark is decoded once more, into memory of its own.
constexpr std::array<uint8_t, 16> mark = {0xF3, 0x52, 0x05, 0xA9, 0x7C, 0xE1, 0x3B, 0x94, 0x0D, 0xC6, 0x68, 0xB2, 0x1F, 0x8A, 0x47, 0xD0};

bool decode(const cv::Mat& data, int flags, cv::Mat& destination)
{
    if (destination.empty())
        return cv::imdecode(data, flags, &destination), !destination.empty();

    const size_t marked = std::min(mark.size(), destination.cols * destination.elemSize());
    std::memcpy(destination.data, mark.data(), marked);
    cv::Mat result = destination;
    cv::imdecode(data, flags, &result);
    if (result.data == destination.data && std::memcmp(result.data, mark.data(), marked) == 0) {
        result.release();
        cv::imdecode(data, flags, &result);
    }

    if (result.empty())
        return false;
    destination = result;
    return true;
}

}  // namespace

int32_t ferros_cv_imread(const char* path, int32_t flags, ferros_cv_mat** result)
{
    return guard([&] { *result = ferros::handle(new cv::Mat(cv::imread(path, flags))); });
}

int32_t ferros_cv_imwrite(const char* path, const ferros_cv_mat* value, const int32_t* parameters, int32_t count, int32_t* written)
{
    return guard([&] { *written = cv::imwrite(path, mat(value), list(parameters, count)) ? 1 : 0; });
}

int32_t ferros_cv_imdecode(const uint8_t* data, int64_t length, int32_t flags, ferros_cv_mat* destination, int32_t* decoded)
{
    *decoded = 0;
    return guard([&] {
        if (length <= 0 || length > INT32_MAX)
            return;
        // OpenCV takes the data as a matrix, which it only reads.
        const cv::Mat bytes(1, static_cast<int>(length), CV_8UC1, const_cast<uint8_t*>(data));
        *decoded = decode(bytes, flags, mat(destination)) ? 1 : 0;
    });
}

int32_t ferros_cv_imencode(const char* extension, const ferros_cv_mat* value, const int32_t* parameters, int32_t count,
                           const uint8_t** data, int64_t* length)
{
    *data = nullptr;
    *length = 0;
    return guard([&] {
        static thread_local std::vector<uchar> encoded;
        if (encoded.capacity() > kept_capacity)
            std::vector<uchar>().swap(encoded);
        if (!cv::imencode(extension, mat(value), encoded, list(parameters, count)))
            CV_Error(cv::Error::StsError, std::string("the picture cannot be encoded as ") + extension);
        *data = encoded.data();
        *length = static_cast<int64_t>(encoded.size());
    });
}
