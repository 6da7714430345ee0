package dev.plinth.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A loopback network between a client and a server, which fails when it is told to.
///
/// Markers need bytes that are not encrypted. Thread-safe.
public final class Proxy implements AutoCloseable {

  /// When a connection is cut, as seen from the marker that its client sends.
  public enum Cut {
    /// The marker does not reach the server: nothing has happened.
    BEFORE_REQUEST,
    /// The server begins to answer, so it has happened; the client gets nothing of the answer.
    BEFORE_ANSWER,
    /// As [#BEFORE_ANSWER], but the client gets the first byte of the answer.
    WITHIN_ANSWER
  }

  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final Supplier<Marker> marker;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Cut> armed = new AtomicReference<>();
  private final AtomicInteger seen = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile boolean frozen;
  private volatile boolean refusing;

  private Proxy(ServerSocket listener, InetSocketAddress server, Supplier<Marker> marker) {
    this.listener = listener;
    this.server = server;
    this.marker = marker;
  }

  /// Opens a way to a server, on a free port.
  public static Proxy to(String host, int port) {
    return to(host, port, () -> next -> false);
  }

  /// Opens a way to a server on which connections can be cut at a marker.
  ///
  /// @param marker makes one for every connection
  public static Proxy to(String host, int port, Supplier<Marker> marker) {
    try {
      ServerSocket listener = new ServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1"));
      Proxy proxy = new Proxy(listener, new InetSocketAddress(host, port), marker);
      Thread.startVirtualThread(proxy::listen);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The port that clients connect to, on the loopback address.
  public int port() {
    return listener.getLocalPort();
  }

  /// Cuts the next connection whose client sends the marker; once.
  public void cutNext(Cut cut) {
    armed.set(cut);
  }

  /// How often a client has sent the marker.
  public int seen() {
    return seen.get();
  }

  /// How many connections were cut at the marker.
  public int cuts() {
    return cuts.get();
  }

  /// How many connections are open.
  public int connections() {
    return links.size();
  }

  /// Cuts every connection that there is.
  public void cutAll() {
    links.forEach(Link::cut);
  }

  /// Passes nothing on any more, either way; connections are still taken.
  public void freeze() {
    frozen = true;
  }

  /// Passes on what was held back by [#freeze()], and what comes.
  public void thaw() {
    frozen = false;
    wakeUp();
  }

  /// Closes every new connection at once.
  public void refuse() {
    refusing = true;
  }

  /// Takes new connections again after [#refuse()].
  public void accept() {
    refusing = false;
  }

  /// Cuts every connection and takes no more. Harmless when repeated.
  @Override
  public void close() {
    closeQuietly(listener);
    cutAll();
  }

  private void wakeUp() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (refusing) {
          client.close();
        } else {
          Thread.startVirtualThread(() -> link(client));
        }
      } catch (IOException _) {
        // Closed, which the condition sees; or that one client has gone already.
      }
    }
  }

  private void link(Socket client) {
    Socket upstream = new Socket();
    Link link = new Link(client, upstream, marker.get());
    links.add(link);
    if (listener.isClosed()) {
      link.cut(); // whoever closed us may not have met it
    }
    try {
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      upstream.connect(server);
      Thread answers = Thread.startVirtualThread(link::passAnswers);
      link.passRequests();
      answers.join();
    } catch (IOException _) {
      // No server: the client sees its connection end.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      link.cut();
      links.remove(link);
    }
  }

  private static void closeQuietly(AutoCloseable what) {
    try {
      what.close();
    } catch (Exception _) {
      // It is of no use any more in either case.
    }
  }

  /// One client's connection and the one that it is passed on by.
  private final class Link {

    private final Socket client;
    private final Socket upstream;
    private final Marker place;

    /// What the next answer ends with.
    private volatile @Nullable Cut pending;

    Link(Socket client, Socket upstream, Marker place) {
      this.client = client;
      this.upstream = upstream;
      this.place = place;
    }

    void passRequests() {
      byte[] buffer = new byte[16_384];
      try {
        InputStream in = client.getInputStream();
        OutputStream out = upstream.getOutputStream();
        for (int length = take(in, buffer); length >= 0; length = take(in, buffer)) {
          int passed = request(buffer, length);
          out.write(buffer, 0, passed);
          if (passed < length) {
            cut();
          }
        }
        upstream.shutdownOutput();
      } catch (IOException _) {
        cut();
      }
    }

    /// How many of these bytes are passed on; where it is not all, the connection is cut.
    private int request(byte[] buffer, int length) {
      for (int i = 0; i < length; i++) {
        if (place.endsWith(buffer[i])) {
          seen.incrementAndGet();
          Cut cut = armed.getAndSet(null);
          if (cut == Cut.BEFORE_REQUEST) {
            cuts.incrementAndGet();
            return i;
          }
          if (cut != null) {
            pending = cut; // before the server has the request: its answer must meet it
          }
        }
      }
      return length;
    }

    void passAnswers() {
      byte[] buffer = new byte[16_384];
      try {
        InputStream in = upstream.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int length = take(in, buffer); length >= 0; length = take(in, buffer)) {
          Cut cut = pending;
          if (cut != null) {
            cuts.incrementAndGet();
            out.write(buffer, 0, cut == Cut.WITHIN_ANSWER ? 1 : 0);
            cut();
            return;
          }
          out.write(buffer, 0, length);
        }
        client.shutdownOutput();
      } catch (IOException _) {
        cut();
      }
    }

    /// Reads what there is, and gives it out when nothing is frozen; so too the end.
    private int take(InputStream in, byte[] buffer) throws IOException {
      int length = in.read(buffer);
      lock.lock();
      try {
        while (frozen && !client.isClosed()) {
          changed.awaitUninterruptibly();
        }
        return length;
      } finally {
        lock.unlock();
      }
    }

    void cut() {
      closeQuietly(client);
      closeQuietly(upstream);
      wakeUp();
    }
  }
}
