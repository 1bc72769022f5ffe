// The page of `edgetasks demo`: demo_page.html, built in.
#ifndef CPP_API_CLI_DEMO_PAGE_H_
#define CPP_API_CLI_DEMO_PAGE_H_

namespace edgetasks::cli {

extern const char kDemoPage[];

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_DEMO_PAGE_H_
