// `edgetasks demo`: a page on this machine that names what is in a picture or before the camera.
#include <iostream>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "cpp_api/cli/classification_writer.h"
#include "cpp_api/cli/classifier_flags.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/demo_page.h"
#include "cpp_api/cli/local_server.h"
#include "cpp_api/cli/picture_reader.h"
#include "cpp_api/cli/terminal.h"
#include "edgetasks/image_classifier.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  ImageClassifierOptions classifier;
  std::string model;
  int port = 8000;
};

HttpResponse Answer(const Json& json) {
  return {200, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

HttpResponse ClassifyPicture(ImageClassifier& classifier, absl::Span<const uint8_t> body) {
  const Stopwatch decode;
  const auto picture = DecodePicture(body, "picture");
  const double decode_ms = decode.seconds() * 1e3;
  if (!picture.ok()) return {400, "text/plain; charset=utf-8", picture.status().ToString()};
  const Stopwatch classify;
  const auto result = classifier.Classify(picture->view());
  if (!result.ok()) return {400, "text/plain; charset=utf-8", result.status().ToString()};
  Json json = ToJson(*result);
  json["latency_ms"] = classify.seconds() * 1e3;
  json["decode_ms"] = decode_ms;
  return Answer(json);
}

HttpResponse Handle(const Options& options, ImageClassifier& classifier, const HttpRequest& request,
                    absl::Span<const uint8_t> body) {
  const bool posts = request.path == "/classify";
  if (!posts && request.path != "/" && request.path != "/model") {
    return {404, "text/plain; charset=utf-8", "there is only the page /\n"};
  }
  if (request.method != (posts ? "POST" : "GET")) {
    return {405, "text/plain; charset=utf-8",
            absl::StrCat("expected ", posts ? "POST" : "GET", "\n")};
  }
  if (posts) return ClassifyPicture(classifier, body);
  if (request.path == "/") return {200, "text/html; charset=utf-8", kDemoPage};
  return Answer({{"model", options.model}, {"classes", classifier.labels().size()}});
}

absl::Status Serve(Options& options) {
  options.classifier.base_options.model_asset_path = options.model;
  ET_ASSIGN_OR_RETURN(const auto classifier, ImageClassifier::Create(options.classifier));
  for (const std::string& note : classifier->assumptions()) {
    std::cerr << "edgetasks demo: note: " << note << "\n";
  }
  ET_ASSIGN_OR_RETURN(const auto server, LocalServer::Listen(options.port));
  std::cout << "http://127.0.0.1:" << server->port() << "/\n" << std::flush;
  std::cerr << "Open this page in a browser on this machine; Ctrl-C ends it.\n";
  server->Serve([&](const HttpRequest& request, absl::Span<const uint8_t> body) {
    return Handle(options, *classifier, request, body);
  });
  return absl::OkStatus();
}

}  // namespace

Action AddDemoCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("demo", "Serve a page that names what is in pictures, on this machine");
  command->add_option("MODEL", options->model, "A .tflite classifier")->required();
  command->add_option("--port", options->port, "The port at 127.0.0.1 (0: one that is free)")
      ->check(CLI::Range(0, 65535));
  command->add_option("--max-results", options->classifier.max_results,
                      "The best so many classes (-1: all)");
  AddClassifierFlags(command, &options->classifier);
  command->add_option("--locale", options->classifier.display_names_locale,
                      "Show labels in this locale of the model's metadata, such as de");
  options->classifier.max_results = 5;
  command->footer(
      "Pictures and frames of the camera go to this program and nowhere else.\n"
      "Examples:\n"
      "  edgetasks demo models/emoji/emoji_int8.tflite\n"
      "  edgetasks demo model.tflite --labels labels.txt --port 0");
  return [options] { return Serve(*options); };
}

}  // namespace edgetasks::cli
