#include "tasks/components/model_source.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/base/thread_pool.h"
#include "tasks/components/options_check.h"

namespace edgetasks::tasks {
namespace {

constexpr int kMaxThreads = 1024;

absl::StatusOr<std::shared_ptr<const MappedFile>> MapDescriptor(const FileDescriptor& descriptor) {
  if (descriptor.fd < 0) {
    return InvalidOption("model_asset_descriptor.fd is ", descriptor.fd,
                         "; give an open file descriptor (>= 0)");
  }
  if (descriptor.offset < 0 || descriptor.length < 0) {
    return InvalidOption("model_asset_descriptor has offset ", descriptor.offset, " and length ",
                         descriptor.length,
                         "; both must be >= 0 (length 0 means to the end of the file)");
  }
  return MappedFile::FromDescriptor(descriptor.fd, static_cast<uint64_t>(descriptor.offset),
                                    static_cast<uint64_t>(descriptor.length));
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MapSource(const BaseOptions& options) {
  std::vector<std::string> set;
  if (!options.model_asset_path.empty()) set.push_back("model_asset_path");
  if (options.model_asset_descriptor.has_value()) set.push_back("model_asset_descriptor");
  if (!options.model_asset_buffer.empty()) set.push_back("model_asset_buffer");
  if (set.size() != 1) {
    return InvalidOption(
        "set exactly one of model_asset_path, model_asset_descriptor and model_asset_buffer; ",
        set.empty() ? "none is set" : absl::StrCat("set are ", absl::StrJoin(set, " and ")));
  }
  if (options.model_asset_descriptor.has_value()) {
    return MapDescriptor(*options.model_asset_descriptor);
  }
  if (!options.model_asset_buffer.empty())
    return MappedFile::FromMemory(options.model_asset_buffer);
  return MappedFile::Open(options.model_asset_path);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const model::ModelFile>> OpenModel(const BaseOptions& options) {
  ET_ASSIGN_OR_RETURN(std::shared_ptr<const MappedFile> file, MapSource(options));
  return model::OpenModelFile(std::move(file));
}

absl::StatusOr<int> ResolveNumThreads(const BaseOptions& options) {
  if (options.num_threads < 0 || options.num_threads > kMaxThreads) {
    return InvalidOption("num_threads is ", options.num_threads, "; it must be 1 to ", kMaxThreads,
                         ", or 0 for as many as the process may run on");
  }
  return options.num_threads == 0 ? ThreadPool::DefaultNumThreads() : options.num_threads;
}

}  // namespace edgetasks::tasks
