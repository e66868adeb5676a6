#pragma once

#include <imgui.h>
#include <optional>
#include <span>
#include <string>

#include "experiments/viewer/window/screen.h"

namespace tengen {

// A curve. What the spans refer to must outlive the drawing.
struct PlotSeries {
  std::string name;  // in the legend; "" shows the value alone
  ImU32 colour = 0;
  std::span<const double> x;  // ascending
  std::span<const double> y;  // as long; NaN: no value there
  // An interval around each point, drawn as a band; empty: none.
  std::span<const double> low = {};
  std::span<const double> high = {};
  bool dots = false;    // marks each point
  bool hidden = false;  // from the legend
};

enum class PlotUnit {
  kNumber,
  kWhole,    // read off without decimals
  kPercent,  // shares in [0, 1]
  kTime,     // seconds
};

struct PlotOptions {
  std::string title;
  PlotUnit x_unit = PlotUnit::kNumber;
  PlotUnit y_unit = PlotUnit::kNumber;
  bool log_y = false;  // where all values are above 0
  // Ends of the axes; empty: from the data, with some air.
  std::optional<double> x_low;
  std::optional<double> x_high;
  std::optional<double> y_low;
  std::optional<double> y_high;
  std::optional<double> marker;   // a vertical line at this x
  std::optional<double> pointed;  // the x that the mouse shows in another plot
  std::string empty;              // shown where there is nothing to draw yet
};

// What the mouse does with a plot.
struct PlotAnswer {
  std::optional<double> hovered_x;
  bool clicked = false;
};

// Draws curves over axes with round numbers into the box, on the current ImGui window. The legend
// shows the newest values, or those nearest to the mouse. A box that is too small loses its axes
// first, then its legend.
PlotAnswer DrawPlot(const Frame& frame, const Box& box, const PlotOptions& options,
                    std::span<const PlotSeries> series);

// Colours for curves that are told apart on a dark ground; repeats after eight.
ImU32 PlotColour(std::size_t index);
// The same colour, more transparent.
ImU32 Faded(ImU32 colour, float alpha);

}  // namespace tengen
