package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.config.ServerUrl.Host;
import dev.plinth.error.ConfigurationException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;

/// What a server's URL is taken apart into, and what may not stand in it.
final class ServerUrlTest {

  /// The properties of the driver that a URL may set.
  private static final Set<PGProperty> HARMLESS =
      EnumSet.of(
          PGProperty.USER,
          PGProperty.PASSWORD,
          PGProperty.SSL_MODE,
          PGProperty.SSL_ROOT_CERT,
          PGProperty.SSL_CERT,
          PGProperty.SSL_KEY,
          PGProperty.SSL_PASSWORD,
          PGProperty.CHANNEL_BINDING,
          PGProperty.GSS_ENC_MODE,
          PGProperty.APPLICATION_NAME,
          PGProperty.CURRENT_SCHEMA,
          PGProperty.HOST_RECHECK_SECONDS,
          PGProperty.TCP_KEEP_ALIVE,
          PGProperty.CONNECT_TIMEOUT,
          PGProperty.SOCKET_TIMEOUT,
          PGProperty.LOGIN_TIMEOUT,
          PGProperty.PREPARE_THRESHOLD);

  private static ServerUrl parse(String url) {
    return DatabaseUrl.parse(url, "DATABASE_URL").server();
  }

  @Test
  void itIsTakenApart() {
    ServerUrl url = parse("postgresql://ada:secret@db.example.org:6543/shop?sslmode=require");
    assertThat(url.hosts()).containsExactly(new Host("db.example.org", 6543));
    assertThat(url.database()).isEqualTo("shop");
    assertThat(url.user()).isEqualTo("ada");
    assertThat(url.password()).isEqualTo("secret");
    assertThat(url.properties()).isEqualTo(Map.of("sslmode", "require"));
    assertThat(parse("jdbc:postgres://ada:secret@db.example.org:6543/shop?sslmode=require"))
        .isEqualTo(url);
  }

  @Test
  void whatIsLeftOutHasADefault() {
    ServerUrl url = parse("postgresql://localhost");
    assertThat(url.hosts()).containsExactly(new Host("localhost", 5432));
    assertThat(url.database()).isEqualTo("postgres");
    assertThat(url.user()).isNull();
    assertThat(url.password()).isNull();
    assertThat(url.properties()).isEmpty();
    assertThat(url.seconds("connectTimeout")).isNull();
    assertThat(parse("postgresql://localhost/")).isEqualTo(url);
    assertThat(parse("postgresql://localhost/?")).isEqualTo(url);
    assertThat(parse("postgresql://ada@localhost").database()).isEqualTo("ada");
    assertThat(parse("postgresql://localhost?user=ada").database()).isEqualTo("ada");
  }

  @Test
  void severalHostsAreOneCluster() {
    ServerUrl url = parse("postgresql://ada@one,two:6000,10.0.0.3:1,[::1],[fe80::1]:7/shop");
    assertThat(url.hosts())
        .containsExactly(
            new Host("one", 5432),
            new Host("two", 6000),
            new Host("10.0.0.3", 1),
            new Host("::1", 5432),
            new Host("fe80::1", 7));
    assertThat(url)
        .hasToString("postgresql://one:5432,two:6000,10.0.0.3:1,[::1]:5432,[fe80::1]:7/shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://",
        "postgresql:///db",
        "postgresql://ada@/db",
        "postgresql://:5432/db",
        "postgresql://a,,b/db",
        "postgresql://a,/db",
        "postgresql://,a/db",
        "postgresql://a b/db",
        "postgresql://a;b/db",
        "postgresql://a'b/db",
        "postgresql://a\\b/db",
        "postgresql://a\"b/db",
        "postgresql://a(b/db",
        "postgresql://[::1/db",
        "postgresql://::1/db",
        "postgresql://[]:5432/db",
        "postgresql://[::1]5432/db",
        "postgresql://a:/db",
        "postgresql://a:0/db",
        "postgresql://a:65536/db",
        "postgresql://a:99999999999/db",
        "postgresql://a:-1/db",
        "postgresql://a:+1/db",
        "postgresql://a:5432x/db",
        "postgresql://a:5432:1/db",
        "postgresql://a:1,b:x/db",
        "postgresql://a/db/more",
        "postgresql://a/db%2Fmore"
      })
  void placesThatCannotBeAreRefused(String url) {
    assertThatThrownBy(() -> parse(url))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("DATABASE_URL");
  }

  @Test
  void partsAreDecoded() {
    ServerUrl url = parse("postgresql://a%40b:p%3As%2Fs%3Fw%25%23%20%C3%A9+@h/my%20shop%3F");
    assertThat(url.user()).isEqualTo("a@b");
    assertThat(url.password()).isEqualTo("p:s/s?w%# é+"); // a plus is a plus
    assertThat(url.database()).isEqualTo("my shop?");
    url = parse("postgresql://h/db?user=a%26b&password=x%3Dy%26z+&ApplicationName=my%20shop");
    assertThat(url.user()).isEqualTo("a&b");
    assertThat(url.password()).isEqualTo("x=y&z+");
    assertThat(url.properties()).isEqualTo(Map.of("ApplicationName", "my shop"));
  }

  /// As people write them who never heard of encoding.
  @Test
  void aPasswordMayHaveMostCharactersAsTheyAre() {
    assertThat(parse("postgres://ada:x@y:z/w@h/db").password()).isEqualTo("x@y:z/w");
    assertThat(parse("postgres://ada:#&=;'@h/db").password()).isEqualTo("#&=;'");
    assertThat(parse("postgres://ada:@h/db").password()).isEmpty();
    assertThat(parse("postgres://h/db?password=a=b").password()).isEqualTo("a=b");
    assertThat(parse("postgres://h/db?user=ada&password=x@y").hosts())
        .containsExactly(new Host("h", 5432));
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://ada:hunter2%@h/db",
    "postgresql://ada:hunter2%4@h/db",
    "postgresql://ada:%hunter2@h/db",
    "postgresql://ada:%zzhunter2@h/db",
    "postgresql://h/db?password=hunter2%",
    "postgresql://h/db?password=%g1hunter2",
    "postgresql://h/%hunter2"
  })
  void halfAnEncodingIsAnErrorThatDoesNotRepeatIt(String url) {
    assertThatThrownBy(() -> parse(url))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("DATABASE_URL")
        .hasMessageContaining("%25")
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @Test
  void userAndPasswordStandInFrontOrBehind() {
    ServerUrl behind = parse("postgresql://h/db?user=ada&password=secret");
    assertThat(behind.user()).isEqualTo("ada");
    assertThat(behind.password()).isEqualTo("secret");
    assertThat(behind.properties()).isEmpty(); // so that nobody shows them among the others
    assertThat(parse("postgresql://ada@h/db?password=secret")).isEqualTo(behind);
    assertThat(parse("postgresql://:secret@h/db?user=ada")).isEqualTo(behind);
    ServerUrl both = parse("postgresql://ada:secret@h/db?user=eve&password=other");
    assertThat(both).as("those in front count").isEqualTo(behind);
  }

  @ParameterizedTest
  @EnumSource
  void ofTheDriversPropertiesOnlyTheHarmlessMayBeSet(PGProperty property) {
    String name = property.getName();
    String value =
        switch (property) {
          case SSL_MODE, CHANNEL_BINDING, GSS_ENC_MODE -> "require";
          case TCP_KEEP_ALIVE -> "true";
          default -> "1";
        };
    String url = "postgresql://h/db?" + name + "=" + value;
    if (HARMLESS.contains(property)) {
      parse(url);
    } else {
      for (String one : List.of(url, "postgresql://h/db?user=a&" + name + "=")) {
        assertThatThrownBy(() -> parse(one))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("DATABASE_URL")
            .hasMessageContaining("'" + name + "'");
      }
      assertThatThrownBy(() -> parse("postgresql://h/db?" + name))
          .isInstanceOf(ConfigurationException.class);
    }
  }

  /// Whatever the driver comes to know: these load classes, write files, or weaken checks.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "socketFactory",
        "socketFactoryArg",
        "sslfactory",
        "sslfactoryarg",
        "sslhostnameverifier",
        "sslpasswordcallback",
        "authenticationPluginClassName",
        "xmlFactoryFactory",
        "connectExecutor",
        "connectExecutorArg",
        "loggerFile",
        "loggerLevel",
        "options",
        "preferQueryMode",
        "jaasLogin",
        "jaasApplicationName",
        "service",
        "targetServerType",
        "logServerErrorDetail",
        "stringtype",
        "autosave",
        "replication",
        "PGHOST",
        "PGPORT",
        "PGDBNAME",
        // and no other spelling of what may be set
        "SSLMODE",
        "Password",
        "sslMode",
        "user ",
        "nonsense"
      })
  void theseAreRefusedByName(String name) {
    assertThatThrownBy(() -> parse("postgresql://h/db?sslmode=require&" + name + "=x.Y"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + name + "'")
        .hasMessageNotContaining("x.Y");
  }

  @Test
  void aNameInDisguiseIsRefusedAsWell() {
    assertThatThrownBy(() -> parse("postgresql://h/db?socket%46actory=x.Y"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'socketFactory'");
    assertThatThrownBy(() -> parse("postgresql://h/db?a%26socketFactory=x.Y"))
        .isInstanceOf(ConfigurationException.class);
    // a value is a value, whatever it looks like
    assertThat(parse("postgresql://h/db?ApplicationName=a%26socketFactory%3Dx.Y").properties())
        .isEqualTo(Map.of("ApplicationName", "a&socketFactory=x.Y"));
    assertThat(parse("postgresql://h/db%3FsocketFactory=x.Y").database())
        .isEqualTo("db?socketFactory=x.Y");
  }

  @Test
  void namesOfOtherClientsAreTheDriversOwn() {
    ServerUrl url =
        parse(
            "postgresql://h/db?connect_timeout=7&application_name=shop&channel_binding=require"
                + "&pgbouncer=true&socketTimeout=0");
    assertThat(url.properties())
        .isEqualTo(
            Map.of(
                "connectTimeout",
                "7",
                "ApplicationName",
                "shop",
                "channelBinding",
                "require",
                "pgbouncer",
                "true",
                "socketTimeout",
                "0"));
    assertThat(url.seconds("connectTimeout")).isEqualTo(7);
    assertThat(url.seconds("socketTimeout")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "1.5", "5s", "99999999999", "+1", " 1", "1e3"})
  void aTimeThatIsNoNumberIsAnErrorThatNamesIt(String value) {
    for (String name :
        List.of("connectTimeout", "connect_timeout", "socketTimeout", "loginTimeout")) {
      for (String pair : List.of(name + "=" + value, name)) {
        assertThatThrownBy(() -> parse("postgresql://h/db?" + pair))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("DATABASE_URL")
            .hasMessageContaining(name);
      }
    }
  }

  @Test
  void itIsNotChangedFromOutside() {
    ServerUrl url = parse("postgresql://h/db?sslmode=require");
    assertThatThrownBy(() -> url.properties().put("sslmode", "disable"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> url.hosts().clear()).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aFileHasNoServer() {
    assertThatThrownBy(() -> parse("sqlite:shop.db"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("sqlite:shop.db");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://ada:hunter2@h/db",
        "postgresql://ada:x@hunter2@h,i:1,[::1]:7/db",
        "postgresql://:hunter2@h/db",
        "postgresql://ada:hunter2@h/db?user=bob&password=other",
        "postgresql://h/db?user=ada&password=hunter2",
        "postgresql://h/db?password=x=hunter2",
        "postgresql://h/db?password=x@hunter2",
        "postgresql://ada:other@h/db?password=x@hunter2",
        "postgresql://h/db?password=x;hunter2",
        "postgresql://h/db?password=x#hunter2",
        "postgresql://h/db?pass%77ord=hunter2",
        "postgresql://h/db?sslpassword=hunter2",
        "postgresql://h/db?ssl%70assword=hunter2",
        "postgresql://h/db?sslkey=a&sslpassword=x@hunter2",
        // and where something is wrong with it
        "postgresql://ada:hunter2@",
        "postgresql://ada:hunter2@/db",
        "postgresql://ada:hunter2@h:99999/db",
        "postgresql://ada:hunter2@h:x/db",
        "postgresql://ada:hunter2@h h/db",
        "postgresql://ada:hunter2@[::1/db",
        "postgresql://ada:hunter2@h/db/more",
        "postgresql://ada:hunter2@h/db?nonsense=1",
        "postgresql://ada:hunter2@h/db?connectTimeout=soon",
        "postgresql://h/db?password=hunter2&nonsense=1",
        "postgresql://h/db?connectTimeout=1&password=hunter2&socketTimeout=x",
        "postgresql://ada:hunter2",
        "postgresql://ada:hunter2/db",
        "postgresql:ada:hunter2@h/db",
        // a question mark or an ampersand in it that should have been encoded
        "postgresql://ada:x?hunter2@h/db",
        "postgresql://ada:12?hunter2@h/db",
        "postgresql://ada:x?y=1&hunter2@h/db",
        "postgresql://ada:12?hunter2=x@h/db",
        "postgresql://h/db?user=ada&password=x&hunter2"
      })
  void noMessageAndNoTextHasThePassword(String url) {
    Throwable thrown =
        catchThrowable(() -> {
          assertThat(parse(url).toString()).doesNotContain("hunter2");
          assertThat(DatabaseUrl.parse(url, "DATABASE_URL").toString()).doesNotContain("hunter2");
          assertThat(DatabaseConfig.of(url).toString()).doesNotContain("hunter2");
        });
    if (thrown instanceof AssertionError shown) {
      throw shown;
    }
    for (Throwable one = thrown; one != null; one = one.getCause()) {
      assertThat(one).isInstanceOf(ConfigurationException.class);
      assertThat(one.toString()).doesNotContain("hunter2");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pgbouncer=yes",
        "pgbouncer=1",
        "pgbouncer",
        "tcpKeepAlive=maybe",
        "sslmode=bogus",
        "sslmode=",
        "sslmode=verify_full",
        "channelBinding=zzz",
        "channel_binding=allow",
        "gssEncMode=nope",
        "hostRecheckSeconds=-5",
        "prepareThreshold=abc",
        "connectTimeout=1s",
        "socketTimeout=1234567"
      })
  void aValueThatCannotBeIsRefused(String property) {
    assertThatThrownBy(() -> parse("postgresql://h/db?user=ada&" + property))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("DATABASE_URL")
        .hasMessageContaining(property.replaceFirst("=.*", "") + " must be");
  }

  @Test
  void wordsAreTakenInAnyCase() {
    assertThat(parse("postgresql://h/db?pgbouncer=TRUE&sslmode=Verify-Full").properties())
        .isEqualTo(Map.of("pgbouncer", "true", "sslmode", "verify-full"));
  }
}
