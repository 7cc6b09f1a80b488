// Package observe lets whoever runs a server see what it does: metrics for Prometheus, traces over OTLP, and
// the log (docs/operator.md).
//
// Nothing of it names anybody. A request is known by its route's pattern, never by its address, which holds
// codes; labels have few values that the program knows beforehand, so that no visitor makes new ones. Metrics
// are answered at an address of their own (MADOGUCHI_METRICS), which the public listener never serves.
package observe
