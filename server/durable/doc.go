// Package durable writes files that a crash or a power cut leaves either as they were or as they should be,
// and holds files against other processes.
//
// A file is written whole under another name (a draft), flushed to the disk, given its name, and then the
// folder is flushed, in this order: a name never stands for half a file, and whoever was told that a file is
// written finds it after a power cut. Locks are the operating system's: a crash releases them, so that none
// is ever left to be cleared away.
package durable
