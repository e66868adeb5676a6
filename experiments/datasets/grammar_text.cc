#include <array>
#include <string>

#include "experiments/datasets/data_rng.h"
#include "experiments/datasets/generated.h"

namespace tengen {
namespace {

// The grammar; number goes along with nouns and verbs, | is a choice:
//   sentence  phrase verb-part ".\n"
//   phrase    "the" [adjective] noun [" (who " verb-part ")"]
//   verb-part intransitive | transitive phrase
constexpr std::array kAdjectives = {"old", "young", "small", "kind", "quiet", "brave"};
constexpr std::array kNouns = {"king", "child", "cat", "sailor", "teacher", "bird"};
constexpr std::array kNounsOfMany = {"kings", "children", "cats", "sailors", "teachers", "birds"};
constexpr std::array kRests = {"sleep", "sing", "wait", "laugh"};
constexpr std::array kActs = {"see", "love", "follow", "help", "hear"};
constexpr int kMostDepth = 3;  // of brackets

template <std::size_t N>
const char* Pick(const std::array<const char*, N>& words, Rng& rng) {
  return words[rng.Below(N)];
}

class Writer {
 public:
  explicit Writer(Rng& rng) : rng_(rng) {}

  void Sentence(std::string& out) {
    const bool many = Phrase(0, out);
    VerbPart(many, 0, out);
    out += ".\n";
  }

 private:
  // Returns whether it is of several.
  bool Phrase(int depth, std::string& out) {
    const bool many = rng_.Below(2) == 1;
    out += "the ";
    if (rng_.Below(3) == 0) out += std::string(Pick(kAdjectives, rng_)) + " ";
    out += many ? Pick(kNounsOfMany, rng_) : Pick(kNouns, rng_);
    if (depth < kMostDepth && rng_.Below(3) == 0) {
      out += " (who";
      VerbPart(many, depth + 1, out);
      out += ")";
    }
    return many;
  }

  void VerbPart(bool many, int depth, std::string& out) {
    const bool rests = rng_.Below(2) == 0;
    out += " ";
    out += rests ? Pick(kRests, rng_) : Pick(kActs, rng_);
    if (!many) out += "s";
    if (rests) return;
    out += " ";
    Phrase(depth, out);
  }

  Rng& rng_;
};

}  // namespace

std::string GrammarText(int characters, std::uint64_t seed) {
  Rng rng = DataRng(seed, DataStream::kGrammar);
  Writer writer(rng);
  std::string text;
  while (static_cast<int>(text.size()) < characters) writer.Sentence(text);
  return text;
}

}  // namespace tengen
