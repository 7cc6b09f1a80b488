package main

import (
	"github.com/alecthomas/kong"

	"madoguchi/server/input"
)

// flagHelp is what `${name}` stands for in the struct tags of commands and flags.
var flagHelp = kong.Vars(input.FlagHelp)
