package main

import "time"

// clock is this program's only clock; its tests set it to the days that they are about.
var clock = time.Now
