/// The guided tour's steps, in the order in which `Guide` walks them.
@NullMarked
package dev.plinth.cli.tour;

import org.jspecify.annotations.NullMarked;
