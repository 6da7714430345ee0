/// Where the data is and how the layer behaves: one table of settings, one configuration.
@NullMarked
package dev.plinth.config;

import org.jspecify.annotations.NullMarked;
