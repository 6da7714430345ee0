package dev.plinth.bench;

import dev.plinth.config.DatabaseUrl;
import dev.plinth.testkit.server.PostgresServer;
import java.nio.file.Path;

/// What a run has its stores on: a folder, or a server, which is started if none is named.
///
/// @param where the folder or the server's URL
/// @param words what the report says of it
/// @param end what is to be done when the run is over
record Site(String where, String words, Runnable end) implements AutoCloseable {

  /// A server that does as little besides its work as possible: no disk, no housekeeping in between.
  private static final String[] SERVER = {
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=1h"
  };

  /// The site that is asked for.
  ///
  /// @param usual where files lie if nobody says where
  static Site of(Settings settings, Path usual) {
    if (!settings.engine().served()) {
      Path folder = settings.folder().orElse(usual);
      return new Site(
          folder.toString(), folder.equals(usual) ? "" : ", files in " + folder, () -> {});
    }
    if (settings.url().isPresent()) {
      String url = settings.url().get();
      return new Site(url, ", on " + DatabaseUrl.parse(url, "--url"), () -> {});
    }
    PostgresServer server = PostgresServer.start(SERVER);
    return new Site(server.node().url(), ", on a server without fsync", server::close);
  }

  @Override
  public void close() {
    end.run();
  }
}
