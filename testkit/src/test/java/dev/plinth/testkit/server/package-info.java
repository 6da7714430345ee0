/// Real servers for tests: started from Java, killed, hung, and gone when the tests are.
@NullMarked
package dev.plinth.testkit.server;

import org.jspecify.annotations.NullMarked;
