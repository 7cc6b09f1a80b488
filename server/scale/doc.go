// Package scale is the arithmetic of docs/scale.md as a program: from the checks of a month to the busiest
// second, from the measured cost of each thing to the instances and engines that carry it, and what happens
// when an instance, or everything, goes away and comes back.
//
// It knows no server and no clock: the same numbers and the same seed give the same answer. Where a closed
// form is known (Erlang's formula for a queue with several servers, Little's law) the sizes come from it, and
// the simulation shows what the formula leaves out.
package scale
