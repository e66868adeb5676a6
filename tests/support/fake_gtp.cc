// A program that speaks GTP, well or badly: fake_gtp MODE [N]. It plays the first legal point of
// the board, and from its N-th genmove of a game on (default 1) misbehaves as MODE says:
//
//   play        not at all
//   exit        ends with code 3            abort      ends by a signal
//   half        ends inside an answer       hang       never answers
//   deaf        stops reading               child      leaves the answer to a child that sleeps
//   garbage     writes no answer            endless    writes without end
//   long        writes one very long line   nonsense   answers with no vertex
//   illegal     plays on a stone            number     answers with a wrong number
//   resign      resigns                     pass       passes
//   refuse      refuses to play
// and at once:
//   silent      answers nothing at all      crlf       ends lines with "\r\n", greets first
//   plain       answers without numbers     old        speaks version 1
//   small       knows no other board than 9x9

#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>

#include "envs/go/go_game.h"

namespace {

using tengen::Action;

struct Fake {
  std::string mode;
  int at = 1;
  int genmoves = 0;
  std::string id;

  tengen::GoSetup setup;
  std::shared_ptr<const tengen::GoGame> game;
  std::unique_ptr<tengen::State> state;

  void Clear() {
    state.reset();
    game = *tengen::GoGame::Make(setup);
    state = game->NewState();
    genmoves = 0;
  }

  void Answer(const std::string& text, char sign = '=') const {
    const char* end = mode == "crlf" ? "\r\n" : "\n";
    std::cout << sign << (mode == "plain" ? "" : id) << ' ' << text << end << end << std::flush;
  }

  std::string FirstPoint() {
    std::vector<Action> legal;
    state->LegalActions(legal);
    return game->ActionText(legal.front());
  }

  // The point of any stone, to play on.
  std::string Occupied() const {
    std::vector<tengen::Cell> cells(static_cast<std::size_t>(setup.shape.points()));
    state->Board(cells);
    Action point = 0;
    while (cells[static_cast<std::size_t>(point)] == tengen::Cell::kEmpty) ++point;
    return game->ActionText(point);
  }

  void Misbehave() {
    if (mode == "exit") std::exit(3);
    if (mode == "abort") std::abort();
    if (mode == "half") {
      std::cout << "=" << id << " D" << std::flush;
      std::exit(0);
    }
    if (mode == "hang") ::sleep(1000);
    if (mode == "child") std::exit(std::system("sleep 1000"));
    if (mode == "garbage") std::cout << "Segmentation fault (core dumped)" << std::endl;
    while (mode == "endless") std::cout << "thinking\n";
    if (mode == "long")
      std::cout << "=" << id << std::string(3'000'000, 'x') << "\n\n" << std::flush;
    if (mode == "nonsense") Answer("the upper left corner");
    if (mode == "illegal") Answer(Occupied());
    if (mode == "resign") Answer("resign");
    if (mode == "pass") Answer("PASS");
    if (mode == "refuse") Answer("I do not want to", '?');
    if (mode == "number") {
      id = "77777";
      Answer("D4");
    }
  }

  void GenMove() {
    if (++genmoves >= at && mode != "play" && mode != "crlf" && mode != "plain") {
      Misbehave();
      return;
    }
    const std::string move = FirstPoint();
    state->Apply(*game->ParseAction(move));
    Answer(move);
  }

  // False after quit.
  bool Handle(const std::string& line) {
    std::istringstream words(line);
    std::string name, first, second;
    words >> id >> name >> first >> second;
    if (mode == "silent") return true;
    if (name == "protocol_version") {
      Answer(mode == "old" ? "1" : "2");
    } else if (name == "name") {
      Answer("Fake");
    } else if (name == "version") {
      Answer("1.5");
    } else if (name == "list_commands") {
      Answer("name\nversion\nplay\ngenmove\nfinal_score\nquit");
    } else if (name == "boardsize") {
      if (mode == "small" && first != "9") {
        Answer("unacceptable size", '?');
        return true;
      }
      setup.shape = {std::stoi(first), std::stoi(first)};
      Clear();
      Answer("");
    } else if (name == "clear_board") {
      Clear();
      Answer("");
    } else if (name == "komi") {
      Answer("");
    } else if (name == "play") {
      const auto action = game->ParseAction(second);
      if (!action.ok() || !state->IsLegal(*action)) {
        Answer("illegal move", '?');
        return true;
      }
      state->Apply(*action);
      Answer("");
      while (mode == "deaf" && genmoves + 1 >= at) ::sleep(1000);
    } else if (name == "genmove") {
      GenMove();
    } else if (name == "final_score") {
      Answer("B+3.5");
    } else if (name == "quit") {
      Answer("");
      return false;
    } else {
      Answer("unknown command", '?');
    }
    return true;
  }
};

}  // namespace

int main(int argc, char** argv) {
  Fake fake;
  fake.mode = argc > 1 ? argv[1] : "play";
  if (argc > 2) fake.at = std::stoi(argv[2]);
  fake.Clear();
  if (fake.mode == "crlf") std::cout << "Welcome!\r\n\r\n" << std::flush;
  std::string line;
  while (std::getline(std::cin, line) && fake.Handle(line)) {
  }
  return 0;
}
