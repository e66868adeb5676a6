#pragma once

#include <functional>
#include <future>
#include <memory>
#include <vector>

#include "nets/rank_team.h"

namespace tengen {

// Runs the ranks of a team as threads of this process. What one throws is thrown here.
inline void RunRanks(int size, const std::function<void(std::shared_ptr<RankTeam>)>& rank) {
  std::promise<int> port;
  const std::shared_future<int> where = port.get_future().share();
  std::vector<std::future<void>> ranks;
  for (int r = 0; r < size; ++r) {
    ranks.push_back(std::async(std::launch::async, [&port, &rank, where, size, r] {
      RankPlace place;
      place.rank = r;
      place.size = size;
      if (r > 0) place.port = where.get();
      rank(std::make_shared<RankTeam>(place, [&port](int opened) { port.set_value(opened); }));
    }));
  }
  for (std::future<void>& end : ranks) end.wait();
  for (std::future<void>& end : ranks) end.get();
}

}  // namespace tengen
