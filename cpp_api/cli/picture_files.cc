#include "cpp_api/cli/picture_files.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"

namespace edgetasks::cli {
namespace {

namespace fs = std::filesystem;

bool IsHidden(const fs::path& path) { return path.filename().string().front() == '.'; }

bool HasPictureName(const fs::path& path) {
  const std::string extension = absl::AsciiStrToLower(path.extension().string());
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg" || extension == ".bmp";
}

// A file, or a link that leads nowhere, which is to be reported; no folder, no pipe.
bool MayBeRead(const fs::directory_entry& entry) {
  std::error_code ignored;
  const fs::file_type type = entry.status(ignored).type();
  return type == fs::file_type::regular || type == fs::file_type::not_found;
}

absl::Status CannotList(const std::string& folder, const std::error_code& error) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kFileUnreadable,
                   absl::StrCat(folder, ": the folder cannot be listed: ", error.message()));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ListPictures(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> paths;
  fs::recursive_directory_iterator entry(path, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (IsHidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (HasPictureName(entry->path()) && MayBeRead(*entry)) {
      paths.push_back(entry->path().string());
    }
  }
  if (error) return CannotList(path, error);
  if (paths.empty()) {
    return MakeError(absl::StatusCode::kNotFound, ErrorDetail::kFileNotFound,
                     absl::StrCat(path, ": the folder holds no pictures; expected files whose ",
                                  "names end in .png, .jpg, .jpeg or .bmp"));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<absl::StatusOr<Picture>> ReadPictures(absl::Span<const std::string> paths,
                                                  ThreadPool& pool) {
  std::vector<absl::StatusOr<Picture>> pictures(paths.size());
  // Each thread takes the next file, whatever those before it cost.
  std::atomic<size_t> next{0};
  pool.ParallelFor(pool.num_threads(), 1, [&](int64_t, int64_t) {
    for (size_t i = next++; i < paths.size(); i = next++) pictures[i] = ReadPicture(paths[i]);
  });
  return pictures;
}

int BatchSize(const ThreadPool& pool) { return 4 * pool.num_threads(); }

void ClassifyFiles(
    ImageClassifier& classifier, absl::Span<const std::string> paths,
    const ImageProcessingOptions& options, ThreadPool& pool,
    absl::FunctionRef<void(size_t i, absl::StatusOr<ClassificationResult> result)> done) {
  const size_t batch_size = BatchSize(pool);
  for (size_t begin = 0; begin < paths.size(); begin += batch_size) {
    const absl::Span<const std::string> batch = paths.subspan(begin, batch_size);
    const std::vector<absl::StatusOr<Picture>> pictures = ReadPictures(batch, pool);
    std::vector<Image> images;
    for (const auto& picture : pictures) {
      if (picture.ok()) images.push_back(picture->view());
    }
    auto results = classifier.ClassifyAll(images, options);
    size_t next = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
      if (!pictures[i].ok()) {
        done(begin + i, pictures[i].status());
        continue;
      }
      auto& result = results[next++];
      if (result.ok()) {
        done(begin + i, *std::move(result));
      } else {
        done(begin + i, Annotate(result.status(), batch[i]));
      }
    }
  }
}

}  // namespace edgetasks::cli
