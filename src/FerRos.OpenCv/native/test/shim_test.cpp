// Test of the shim through its C interface, run under AddressSanitizer: memory errors and leaks fail it too.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "ferros_opencv.h"

namespace {

int failures = 0;
constexpr int cv_8uc1 = 0;
constexpr int cv_8uc3 = 16;

#define CHECK(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            std::printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);   \
            ++failures;                                                           \
        }                                                                         \
    } while (false)

std::string last_error()
{
    int32_t code = 0, line = 0;
    const char *function = nullptr, *file = nullptr;
    return ferros_cv_last_error(&code, &line, &function, &file);
}

ferros_cv_mat_info info(const ferros_cv_mat* mat)
{
    ferros_cv_mat_info result;
    ferros_cv_mat_get_info(mat, &result);
    return result;
}

// A picture whose every pixel is different from its neighbours.
ferros_cv_mat* gradient(int rows, int cols)
{
    ferros_cv_mat* mat = nullptr;
    CHECK(ferros_cv_mat_new_sized(rows, cols, cv_8uc3, &mat) == FERROS_CV_OK);
    const ferros_cv_mat_info m = info(mat);
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < cols * 3; ++x)
            m.data[y * m.step + x] = static_cast<uint8_t>(y * 3 + x);
    return mat;
}

std::vector<uint8_t> encode(const char* extension, const ferros_cv_mat* mat)
{
    const uint8_t* data = nullptr;
    int64_t length = 0;
    CHECK(ferros_cv_imencode(extension, mat, nullptr, 0, &data, &length) == FERROS_CV_OK);
    return {data, data + length};
}

void matrices_share_and_copy_memory()
{
    std::vector<uint8_t> pixels(20 * 10 * 3, 7);
    ferros_cv_mat *over = nullptr, *region = nullptr, *copy = nullptr;
    CHECK(ferros_cv_mat_new_over(10, 20, cv_8uc3, pixels.data(), 0, &over) == FERROS_CV_OK);
    CHECK(info(over).data == pixels.data() && info(over).step == 60 && info(over).continuous == 1);
    CHECK(ferros_cv_mat_region(over, 5, 2, 4, 3, &region) == FERROS_CV_OK);
    CHECK(info(region).data == pixels.data() + 2 * 60 + 15 && info(region).continuous == 0);
    CHECK(ferros_cv_mat_clone(region, &copy) == FERROS_CV_OK);
    const double white[4] = {255, 255, 255, 255};
    CHECK(ferros_cv_mat_set_to(region, white) == FERROS_CV_OK);
    CHECK(pixels[2 * 60 + 15] == 255 && pixels[2 * 60 + 14] == 7 && info(copy).data[0] == 7);
    ferros_cv_mat_delete(over);
    ferros_cv_mat_delete(region);
    ferros_cv_mat_delete(copy);
}

void a_region_of_owned_memory_outlives_its_parent()
{
    ferros_cv_mat *parent = gradient(8, 8), *region = nullptr;
    CHECK(ferros_cv_mat_region(parent, 4, 4, 4, 4, &region) == FERROS_CV_OK);
    ferros_cv_mat_delete(parent);
    CHECK(info(region).data[0] == static_cast<uint8_t>(4 * 3 + 4 * 3));
    ferros_cv_mat_delete(region);
}

void errors_become_a_status_with_a_text_for_each_thread()
{
    ferros_cv_mat *mat = gradient(4, 4), *region = nullptr, *empty = nullptr, *destination = nullptr;
    CHECK(ferros_cv_mat_region(mat, 2, 2, 4, 4, &region) == FERROS_CV_ERROR);
    CHECK(last_error().find("roi.x") != std::string::npos);
    CHECK(region == nullptr);
    const std::string before = last_error();
    std::thread([&] {
        ferros_cv_mat* none = nullptr;
        CHECK(last_error().empty());
        CHECK(ferros_cv_mat_new_sized(-1, 4, cv_8uc1, &none) != FERROS_CV_OK);
        CHECK(!last_error().empty());
    }).join();
    CHECK(last_error() == before);

    CHECK(ferros_cv_mat_new(&empty) == FERROS_CV_OK && ferros_cv_mat_new(&destination) == FERROS_CV_OK);
    CHECK(ferros_cv_cvt_color(empty, destination, 4, 0) == FERROS_CV_ERROR);
    CHECK(ferros_cv_resize(empty, destination, 4, 4, 0, 0, 1) == FERROS_CV_ERROR);
    CHECK(ferros_cv_flip(empty, destination, 1) == FERROS_CV_ERROR || info(destination).data == nullptr);
    CHECK(ferros_cv_warp_affine(mat, destination, mat, 4, 4, 1, 0, std::vector<double>(4).data()) == FERROS_CV_ERROR);
    const uint8_t* data = nullptr;
    int64_t length = 0;
    CHECK(ferros_cv_imencode(".nonsense", mat, nullptr, 0, &data, &length) == FERROS_CV_ERROR);
    CHECK(ferros_cv_imencode(".png", empty, nullptr, 0, &data, &length) == FERROS_CV_ERROR);
    for (ferros_cv_mat* each : {mat, empty, destination})
        ferros_cv_mat_delete(each);
}

void png_comes_back_bit_by_bit_into_the_same_memory()
{
    ferros_cv_mat *mat = gradient(33, 47), *decoded = nullptr;
    const std::vector<uint8_t> png = encode(".png", mat);
    CHECK(ferros_cv_mat_new(&decoded) == FERROS_CV_OK);
    uint8_t* memory = nullptr;
    for (int i = 0; i < 3; ++i) {
        int32_t ok = 0;
        CHECK(ferros_cv_imdecode(png.data(), static_cast<int64_t>(png.size()), 1, decoded, &ok) == FERROS_CV_OK && ok == 1);
        CHECK(std::memcmp(info(decoded).data, info(mat).data, 33 * 47 * 3) == 0);
        CHECK(i == 0 || info(decoded).data == memory);
        memory = info(decoded).data;
    }
    ferros_cv_mat_delete(mat);
    ferros_cv_mat_delete(decoded);
}

void damaged_pictures_never_pass_for_the_one_before()
{
    ferros_cv_mat* mat = gradient(24, 24);
    for (const char* extension : {".png", ".jpg"}) {
        const std::vector<uint8_t> whole = encode(extension, mat);
        ferros_cv_mat* decoded = nullptr;
        int32_t ok = 0;
        CHECK(ferros_cv_mat_new(&decoded) == FERROS_CV_OK);
        CHECK(ferros_cv_imdecode(whole.data(), static_cast<int64_t>(whole.size()), 1, decoded, &ok) == FERROS_CV_OK && ok == 1);

        // Cut within the header: the old picture is in memory, and must not be taken for a new one.
        for (size_t length : {size_t{0}, size_t{1}, size_t{4}, size_t{12}, size_t{20}}) {
            const std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<long>(length));
            CHECK(ferros_cv_imdecode(cut.data(), static_cast<int64_t>(length), 1, decoded, &ok) == FERROS_CV_OK);
            CHECK(ok == 0);
        }

        // Every length, and a byte changed at every place: any answer but a memory error.
        for (size_t length = 0; length < whole.size(); length += 7) {
            const std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<long>(length));
            ferros_cv_imdecode(cut.data(), static_cast<int64_t>(length), 1, decoded, &ok);
        }
        for (size_t at = 0; at < whole.size(); at += 5) {
            std::vector<uint8_t> changed = whole;
            changed[at] ^= 0x5A;
            // The size is left alone: the caller checks it before it comes here.
            if (std::strcmp(extension, ".png") == 0 && at >= 16 && at < 24)
                continue;
            ferros_cv_imdecode(changed.data(), static_cast<int64_t>(changed.size()), 1, decoded, &ok);
        }
        ferros_cv_mat_delete(decoded);
    }
    ferros_cv_mat_delete(mat);
}

void drawing_reaches_the_pixels()
{
    ferros_cv_mat* mat = nullptr;
    CHECK(ferros_cv_mat_new_sized(60, 120, cv_8uc3, &mat) == FERROS_CV_OK);
    const double black[4] = {0, 0, 0, 0}, green[4] = {0, 255, 0, 0};
    CHECK(ferros_cv_mat_set_to(mat, black) == FERROS_CV_OK);
    CHECK(ferros_cv_line(mat, 0, 0, 10, 0, green, 1, 8, 0) == FERROS_CV_OK);
    CHECK(ferros_cv_rectangle(mat, 20, 20, 10, 10, green, -1, 8, 0) == FERROS_CV_OK);
    CHECK(ferros_cv_circle(mat, 100, 30, 5, green, -1, 8, 0) == FERROS_CV_OK);
    int32_t width = 0, height = 0, base_line = 0;
    CHECK(ferros_cv_get_text_size("happiness", 0, 0.5, 1, &width, &height, &base_line) == FERROS_CV_OK && width > 40 && height > 5);
    CHECK(ferros_cv_put_text(mat, "happiness", -500, 50, 0, 0.5, green, 1, 16, 0) == FERROS_CV_OK);  // outside: clipped
    const ferros_cv_mat_info m = info(mat);
    CHECK(m.data[5 * 3 + 1] == 255 && m.data[25 * m.step + 25 * 3 + 1] == 255 && m.data[30 * m.step + 100 * 3 + 1] == 255);
    CHECK(m.data[30 * m.step + 30 * 3 + 1] == 0);
    ferros_cv_mat_delete(mat);
}

void a_video_is_written_and_read()
{
    char folder[] = "/tmp/ferros_opencv_XXXXXX";
    CHECK(mkdtemp(folder) != nullptr);
    const std::string path = std::string(folder) + "/gesicht-ü.avi";
    ferros_cv_writer* writer = nullptr;
    ferros_cv_capture* capture = nullptr;
    ferros_cv_mat *mat = gradient(48, 64), *frame = nullptr;
    int32_t ok = 0;
    CHECK(ferros_cv_writer_new(&writer) == FERROS_CV_OK);
    const int mjpg = 'M' | ('J' << 8) | ('P' << 16) | ('G' << 24);
    CHECK(ferros_cv_writer_open(writer, path.c_str(), 0, mjpg, 10, 64, 48, 1, &ok) == FERROS_CV_OK && ok == 1);
    for (int i = 0; i < 5; ++i)
        CHECK(ferros_cv_writer_write(writer, mat) == FERROS_CV_OK);
    CHECK(ferros_cv_writer_release(writer) == FERROS_CV_OK);
    CHECK(ferros_cv_writer_is_opened(writer, &ok) == FERROS_CV_OK && ok == 0);
    ferros_cv_writer_delete(writer);

    CHECK(ferros_cv_capture_new(&capture) == FERROS_CV_OK && ferros_cv_mat_new(&frame) == FERROS_CV_OK);
    CHECK(ferros_cv_capture_open_path(capture, path.c_str(), 0, &ok) == FERROS_CV_OK && ok == 1);
    double fps = 0;
    CHECK(ferros_cv_capture_get(capture, 5, &fps) == FERROS_CV_OK && fps > 9.9 && fps < 10.1);
    char name[8];
    CHECK(ferros_cv_capture_backend(capture, name, sizeof name) == FERROS_CV_OK && name[0] != 0);
    int frames = 0;
    while (ferros_cv_capture_read(capture, frame, &ok) == FERROS_CV_OK && ok == 1)
        ++frames;
    CHECK(frames == 5);
    CHECK(ferros_cv_capture_release(capture) == FERROS_CV_OK);
    // FFmpeg by name: among the others is one that asks every USB device whether it is a camera, and leaks.
    CHECK(ferros_cv_capture_open_path(capture, "/nowhere.mp4", 1900, &ok) == FERROS_CV_OK && ok == 0);
    CHECK(ferros_cv_capture_read(capture, frame, &ok) == FERROS_CV_OK && ok == 0);
    ferros_cv_capture_delete(capture);
    ferros_cv_mat_delete(frame);
    ferros_cv_mat_delete(mat);
    std::remove(path.c_str());
    rmdir(folder);
}

}  // namespace

int main()
{
    CHECK(ferros_cv_abi() == FERROS_CV_ABI);
    CHECK(std::strchr(ferros_cv_version(), '.') != nullptr);
    matrices_share_and_copy_memory();
    a_region_of_owned_memory_outlives_its_parent();
    errors_become_a_status_with_a_text_for_each_thread();
    png_comes_back_bit_by_bit_into_the_same_memory();
    damaged_pictures_never_pass_for_the_one_before();
    drawing_reaches_the_pixels();
    a_video_is_written_and_read();
    std::printf(failures == 0 ? "all passed\n" : "%d checks failed\n", failures);
    return failures == 0 ? 0 : 1;
}
