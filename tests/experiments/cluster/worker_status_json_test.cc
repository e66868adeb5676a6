#include "experiments/cluster/worker_status_json.h"

#include <ctime>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/cluster/asio.h"
#include "experiments/cluster/metrics_port.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

nlohmann::json Example() {
  ConnectedWorker worker;
  worker.address = "10.0.0.2:4711";
  worker.hello.name = "box \"one\"";
  worker.hello.threads = 2;
  worker.status.network_step = 450;
  worker.status.evaluations_per_s = 1234.0;
  worker.status.waiting_games = 3;
  worker.status.waits_for = "the learner to store 3 games";
  worker.games = 100;
  worker.seconds = 50.0;
  DoorCounts door;
  door.games = 100;
  return WorkersToJson({worker}, door, {500, 1, 2, 3});
}

TEST(WorkersText, TellsRateStalenessAndWhatIsWaitedFor) {
  const std::string text = *WorkersText(Example());
  EXPECT_THAT(text, HasSubstr("step 500, 100 games received, 1 came twice, 2 too old, 3 queued"));
  EXPECT_THAT(text,
              HasSubstr("2 threads, 2.0 games/s, 1234 evals/s, 50 steps behind, 3 games wait; "
                        "waits for the learner to store 3 games\n"));
}

TEST(WorkersText, SaysWhyNothingHappens) {
  nlohmann::json status = WorkersToJson({}, {}, {});
  EXPECT_THAT(*WorkersText(status), HasSubstr("no worker is there"));
  status["last_refusal"] = "1.2.3.4:5: its key is not this run's";
  EXPECT_THAT(*WorkersText(status), HasSubstr("refused, 1.2.3.4:5: its key is not this run's"));
  status["time"] = static_cast<double>(std::time(nullptr)) - 1000.0;
  EXPECT_THAT(*WorkersText(status), HasSubstr("it does not run, or it hangs"));
}

TEST(WorkersMetrics, AreInPrometheusTextFormat) {
  const std::string text = *WorkersMetrics(Example());
  EXPECT_THAT(text, HasSubstr("# TYPE tengen_games_received_total counter\n"
                              "tengen_games_received_total 100\n"));
  EXPECT_THAT(text, HasSubstr("tengen_worker_steps_behind{worker=\"box \\\"one\\\"\","
                              "address=\"10.0.0.2:4711\"} 50\n"));
}

TEST(MetricsPort, AnswersHttpWithTheRunsFile) {
  TempFolder temp;
  MetricsPort port({"127.0.0.1", 0}, temp.path() / "workers.json");
  const auto ask = [&port] {
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(), port.port()});
    asio::write(socket, asio::buffer(std::string("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")));
    std::string answer;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(answer), error);
    return answer;
  };
  EXPECT_THAT(ask(), HasSubstr("503"));
  std::ofstream(temp.path() / "workers.json") << Example().dump();
  EXPECT_THAT(ask(), HasSubstr("200 OK"));
  EXPECT_THAT(ask(), HasSubstr("tengen_workers 1\n"));
}

TEST(MetricsPort, AnswersWhileOthersSayNothing) {
  TempFolder temp;
  std::ofstream(temp.path() / "workers.json") << Example().dump();
  MetricsPort port({"127.0.0.1", 0}, temp.path() / "workers.json");
  const asio::ip::tcp::endpoint place(asio::ip::address_v4::loopback(), port.port());
  asio::io_context io;
  std::vector<asio::ip::tcp::socket> silent;
  for (int i = 0; i < 40; ++i) silent.emplace_back(io).connect(place);
  asio::ip::tcp::socket socket(io);
  socket.connect(place);
  asio::write(socket, asio::buffer(std::string("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")));
  std::string answer;
  boost::system::error_code error;
  asio::read(socket, asio::dynamic_buffer(answer), error);
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  char byte = 0;  // the first of them was closed for those who came later
  silent.front().read_some(asio::buffer(&byte, 1), error);
  EXPECT_EQ(error, asio::error::eof);
}

TEST(WorkersText, SaysWhatIsNoStatus) {
  EXPECT_THAT(WorkersText(nlohmann::json::parse(R"({"workers": 3})")).error(),
              HasSubstr("not the status"));
  nlohmann::json damaged = Example();
  damaged["workers"][0]["threads"] = "many";
  EXPECT_THAT(WorkersText(damaged).error(), HasSubstr("not the status"));
  damaged["workers"][0].erase("evaluations_per_s");
  EXPECT_THAT(WorkersMetrics(damaged).error(), HasSubstr("not the status"));
}

}  // namespace
}  // namespace tengen
