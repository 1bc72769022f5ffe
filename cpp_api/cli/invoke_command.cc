// `edgetasks invoke`: runs one signature or graph on tensors from .npy files.
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/error.h"
#include "core/base/mapped_file.h"
#include "core/base/status_macros.h"
#include "core/exec/runner.h"
#include "core/model/model_file.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/npy.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {
namespace {

struct Options {
  std::string model, signature, output_dir;
  std::vector<std::string> inputs;
  int threads = 0;
};

absl::Status UsageError(const std::string& message) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption, message);
}

absl::StatusOr<std::unique_ptr<exec::Runner>> MakeRunner(const ir::Model& model,
                                                         const Options& options) {
  ET_ASSIGN_OR_RETURN(auto engine, exec::Engine::Create(options.threads));
  if (options.signature.empty()) {
    if (model.graphs.empty()) return UsageError("the model has no graph to run");
    return exec::Runner::ForGraph(model, 0, engine);
  }
  std::vector<std::string> keys;
  for (size_t i = 0; i < model.signatures.size(); ++i) {
    if (model.signatures[i].key == options.signature) {
      return exec::Runner::ForSignature(model, static_cast<int>(i), engine);
    }
    keys.push_back(model.signatures[i].key);
  }
  return MakeError(absl::StatusCode::kNotFound, ErrorDetail::kUnknownSignature,
                   absl::StrCat("signature '", options.signature, "' is not in the model; it has: ",
                                keys.empty() ? "none" : absl::StrJoin(keys, ", ")));
}

// The position that `key` (a name, or a 0-based number) means.
absl::StatusOr<int> FindInput(const exec::Runner& runner, const std::string& key) {
  const int by_name = runner.FindInput(key);
  if (by_name >= 0) return by_name;
  int position = 0;
  if (absl::SimpleAtoi(key, &position) && position >= 0 &&
      position < static_cast<int>(runner.inputs().size())) {
    return position;
  }
  std::vector<std::string> names;
  for (const exec::IoInfo& input : runner.inputs()) names.push_back(input.name);
  return UsageError(absl::StrCat("--input ", key, ": no such input; the model has ", names.size(),
                                 ": ", absl::StrJoin(names, ", ")));
}

absl::Status SetInputs(exec::Runner& runner, const Options& options) {
  std::vector<NpyArray> arrays(runner.inputs().size());
  std::vector<bool> given(arrays.size(), false);
  for (const std::string& argument : options.inputs) {
    // Tensor names may hold '=', file names rarely do: split at the last one.
    const size_t equals = argument.rfind('=');
    if (equals == std::string::npos) {
      return UsageError(absl::StrCat("--input ", argument, ": expected NAME=FILE.npy"));
    }
    ET_ASSIGN_OR_RETURN(const int i, FindInput(runner, argument.substr(0, equals)));
    ET_ASSIGN_OR_RETURN(arrays[i], ReadNpy(argument.substr(equals + 1)));
    given[i] = true;
    const ir::DType expected = runner.inputs()[i].tensor->dtype;
    if (arrays[i].dtype != expected) {
      return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kWrongTensor,
                       absl::StrCat("input '", runner.inputs()[i].name, "': expected ",
                                    ir::NameOf(expected), ", got ", ir::NameOf(arrays[i].dtype)));
    }
    ir::Shape shape;
    for (int64_t dim : arrays[i].shape) {
      if (dim > INT32_MAX || shape.rank() == ir::Shape::kMaxRank) {
        return UsageError(absl::StrCat("input '", runner.inputs()[i].name, "': shape too large"));
      }
      shape.Append(static_cast<int32_t>(dim));
    }
    ET_RETURN_IF_ERROR(runner.ResizeInput(i, shape));
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i]) continue;
    return UsageError(absl::StrCat("input '", runner.inputs()[i].name, "' (number ", i,
                                   ") is missing; give it with --input ", i, "=FILE.npy"));
  }
  ET_RETURN_IF_ERROR(runner.Prepare());
  for (size_t i = 0; i < arrays.size(); ++i) {
    const int input = static_cast<int>(i);
    if (runner.input_bytes(input) == static_cast<int64_t>(arrays[i].bytes.size())) {
      std::memcpy(runner.input_data(input), arrays[i].bytes.data(), arrays[i].bytes.size());
    }
  }
  return absl::OkStatus();
}

// int4 has no numpy type: it is written as int8.
NpyArray Unpacked(NpyArray packed) {
  if (packed.dtype != ir::DType::kInt4) return packed;
  int64_t count = 1;
  for (int64_t dim : packed.shape) count *= dim;
  NpyArray array{ir::DType::kInt8, packed.shape, std::vector<uint8_t>(count)};
  for (int64_t i = 0; i < count; ++i) {
    const int nibble = i % 2 == 0 ? packed.bytes[i / 2] & 0xf : packed.bytes[i / 2] >> 4;
    array.bytes[i] = static_cast<uint8_t>(nibble < 8 ? nibble : nibble - 16);
  }
  return array;
}

absl::Status WriteOutputs(exec::Runner& runner, const std::string& folder) {
  if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    return MakeError(absl::StatusCode::kPermissionDenied, ErrorDetail::kFileUnreadable,
                     absl::StrCat(folder, ": cannot be created: ", std::strerror(errno)));
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (size_t i = 0; i < runner.outputs().size(); ++i) {
    const int output = static_cast<int>(i);
    const ir::Shape& shape = runner.output_shape(output);
    NpyArray array;
    array.dtype = runner.outputs()[i].tensor->dtype;
    array.shape.assign(shape.dims().begin(), shape.dims().end());
    const auto* data = runner.Output<uint8_t>(output);
    array.bytes.assign(data, data + runner.output_bytes(output));
    array = Unpacked(std::move(array));
    ET_RETURN_IF_ERROR(WriteNpy(absl::StrCat(folder, "/", i, ".npy"), array));
    list.push_back({{"name", runner.outputs()[i].name},
                    {"dtype", std::string(ir::NameOf(array.dtype))},
                    {"shape", array.shape}});
  }
  std::cout << list.dump() << "\n";
  return absl::OkStatus();
}

absl::Status Invoke(const Options& options) {
  ET_ASSIGN_OR_RETURN(auto mapped, MappedFile::Open(options.model));
  ET_ASSIGN_OR_RETURN(auto file, model::OpenModelFile(std::move(mapped)));
  ET_ASSIGN_OR_RETURN(auto runner, MakeRunner(file->main_model(), options));
  ET_RETURN_IF_ERROR(SetInputs(*runner, options));
  ET_RETURN_IF_ERROR(runner->Run());
  return WriteOutputs(*runner, options.output_dir);
}

}  // namespace

Action AddInvokeCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("invoke", "Run one signature of a model on tensors from .npy files");
  command->add_option("MODEL", options->model, "A .tflite, .task or .litertlm file")->required();
  command->add_option(
      "--signature", options->signature,
      "The signature to run (default: the first graph, in its own order of tensors)");
  command
      ->add_option("--input", options->inputs,
                   "NAME=FILE.npy or NUMBER=FILE.npy, once for each input")
      ->allow_extra_args(false);
  command
      ->add_option("--output-dir", options->output_dir, "Where the outputs go: 0.npy, 1.npy, ...")
      ->required();
  command->add_option("--threads", options->threads, "Threads (default: the processors there are)")
      ->check(CLI::Range(0, 1024));
  command->footer(
      "Example:\n  edgetasks invoke add.tflite --input 0=a.npy --input 1=b.npy --output-dir out\n"
      "prints the names, types and shapes of the outputs as JSON.");
  return [options] { return Invoke(*options); };
}

}  // namespace edgetasks::cli
