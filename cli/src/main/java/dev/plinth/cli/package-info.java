/// The command line: one file per command, through the users' door only.
@NullMarked
package dev.plinth.cli;

import org.jspecify.annotations.NullMarked;
