#pragma once

#include <span>
#include <string>

#include "envs/core/env.h"
#include "experiments/viewer/control/control_session.h"
#include "experiments/viewer/control/control_task.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// Small pictures of numbers, drawn at the cursor of the current ImGui window over its width.

// The observation: a row with name, value and, where it has bounds, a bar for each component.
void DrawObservation(const Frame& frame, const EnvSpec& spec, std::span<const float> observation);
int ObservationRows(const EnvSpec& spec);

// What the policy thinks: of each action its value, probability or visits, with a mark at the one
// it takes; of continuous actions mean and width; and the value. Nothing where it thinks nothing.
void DrawThought(const Frame& frame, const ControlTask& task, const ActionSpace& space,
                 const ControlThought& thought);
int ThoughtRows(const ActionSpace& space, const ControlThought& thought);

// A curve of the newest steps with its range and its last number; NaN is left out.
void DrawCurve(const Frame& frame, const char* name, std::span<const float> numbers, float height,
               ImU32 colour);

// "0.25", "-1203", "1.3e+06": four digits that matter.
std::string ShortNumber(double number);

}  // namespace tengen
