package main

import (
	"regexp"
	"slices"
	"strings"
)

// kinds are the licences that a module may have, by words that only they have; SPDX names.
var kinds = []struct {
	spdx  string
	words []string
}{
	{"Apache-2.0", []string{"Apache License", "Version 2.0, January 2004"}},
	{"BSD-2-Clause", []string{"Redistribution and use in source and binary forms"}},
	{"BSD-3-Clause", []string{"Redistribution and use in source and binary", "to endorse or promote"}},
	{
		"ISC",
		[]string{"Permission to use, copy, modify, and distribute this software for any purpose with or"},
	},
	{"MIT", []string{"Permission is hereby granted, free of charge, to any person obtaining a copy"}},
	{"Zlib", []string{"provided 'as-is', without any express or implied warranty", "be misrepresented"}},
}

var blanks = regexp.MustCompile(`\s+`)

// Kind returns the SPDX names of the licences that the module's own licence file holds, joined by AND; ""
// where there is none, or none that is known here.
func (m Module) Kind() string {
	var found []string
	for _, t := range m.Texts {
		name, _, _ := strings.Cut(strings.ToUpper(t.Name), ".")
		if !slices.Contains([]string{"COPYING", "LICENSE", "LICENCE"}, name) {
			continue
		}
		text := blanks.ReplaceAllString(t.Body, " ")
		for _, k := range kinds {
			all := true
			for _, w := range k.words {
				all = all && strings.Contains(text, w)
			}
			if all {
				found = append(found, k.spdx)
			}
		}
	}
	if slices.Contains(found, "BSD-3-Clause") {
		found = slices.DeleteFunc(found, func(k string) bool { return k == "BSD-2-Clause" })
	}
	return strings.Join(found, " AND ")
}
