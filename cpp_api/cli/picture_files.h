// Many picture files: finding them in folders, and reading and classifying them with all threads.
#ifndef CPP_API_CLI_PICTURE_FILES_H_
#define CPP_API_CLI_PICTURE_FILES_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/thread_pool.h"
#include "cpp_api/cli/picture_reader.h"
#include "edgetasks/image_classifier.h"

namespace edgetasks::cli {

// `path` itself if it is no folder. Else every file below it, however deep, whose name ends in
// .png, .jpg, .jpeg or .bmp (in any case), in the order of their paths; names that begin with a dot
// are left out, links to folders are not followed.
//
// NOT_FOUND (kFileNotFound) if the folder holds no such file; INVALID_ARGUMENT (kFileUnreadable)
// if it cannot be listed.
absl::StatusOr<std::vector<std::string>> ListPictures(const std::string& path);

// Reads the files with the threads of `pool`, a picture each. Result i is ReadPicture(paths[i]).
std::vector<absl::StatusOr<Picture>> ReadPictures(absl::Span<const std::string> paths,
                                                  ThreadPool& pool);

// How many pictures of a long list are in memory at a time.
int BatchSize(const ThreadPool& pool);

// Reads and classifies all files, BatchSize at a time: `pool` reads, the classifier's own threads
// classify. Calls `done` in the order of `paths`, on the calling thread, with the result or with
// the error, which begins with the path and stops no other.
void ClassifyFiles(
    ImageClassifier& classifier, absl::Span<const std::string> paths,
    const ImageProcessingOptions& options, ThreadPool& pool,
    absl::FunctionRef<void(size_t i, absl::StatusOr<ClassificationResult> result)> done);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_PICTURE_FILES_H_
