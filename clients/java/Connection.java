import example.chorus.feedback.v1.FeedbackServiceGrpc;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Opens a channel by the variables of the environment that all programs of Chorus read. */
final class Connection {
  private static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  // Numbers in a service config are doubles.
  private static final Map<String, Object> SERVICE_CONFIG =
      Map.of(
          // Without it every call goes to the first replica.
          "loadBalancingConfig",
          List.of(Map.of("round_robin", Map.of())),
          "methodConfig",
          List.of(
              Map.of(
                  "name",
                  List.of(Map.of("service", FeedbackServiceGrpc.SERVICE_NAME)),
                  "retryPolicy",
                  Map.of(
                      "maxAttempts", 3.0,
                      "initialBackoff", "0.1s",
                      "maxBackoff", "1s",
                      "backoffMultiplier", 2.0,
                      "retryableStatusCodes", List.of("UNAVAILABLE")))));

  private final String server;
  private final String tlsDir = variable("CHORUS_TLS_DIR");
  private final String serverName = variable("CHORUS_TLS_SERVER_NAME");
  private final String token = variable("CHORUS_TOKEN");
  private final boolean insecure = variable("CHORUS_INSECURE").equals("yes");

  /** An empty `server` is CHORUS_SERVER, or else the one on this machine. */
  Connection(String server) {
    String set = server.isEmpty() ? variable("CHORUS_SERVER") : server;
    this.server = set.isEmpty() ? "127.0.0.1:50051" : set;
  }

  /**
   * Returns a channel, which connects with its first call.
   *
   * @throws IllegalArgumentException if a setting is wrong; its message names the setting
   */
  ManagedChannel open() {
    ManagedChannelBuilder<?> channel =
        Grpc.newChannelBuilder("dns:///" + server, credentials())
            .defaultServiceConfig(SERVICE_CONFIG)
            .enableRetry() // Before grpc-java 1.40 the policy counts only with it.
            .maxInboundMessageSize(MAX_MESSAGE_BYTES);
    if (!serverName.isEmpty()) {
      channel.overrideAuthority(serverName);
    }
    if (!token.isEmpty()) {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + token);
      channel.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    return channel.build();
  }

  /** Returns why the server's certificate was not believed, if that is why a call failed. */
  static Optional<String> distrust(Throwable failed) {
    for (Throwable each = failed; each != null; each = each.getCause()) {
      if (each instanceof SSLException || each instanceof java.security.cert.CertificateException) {
        return Optional.of(each.getMessage());
      }
    }
    return Optional.empty();
  }

  private ChannelCredentials credentials() {
    if (tlsDir.isEmpty()) {
      checkPlaintext();
      return InsecureChannelCredentials.create();
    }
    try {
      TlsChannelCredentials.Builder tls =
          TlsChannelCredentials.newBuilder().trustManager(new File(tlsDir, "ca.crt"));
      // A folder without them is that of a caller who has a token alone.
      File chain = new File(tlsDir, "tls.crt");
      if (chain.exists()) {
        tls.keyManager(chain, new File(tlsDir, "tls.key"));
      }
      return tls.build();
    } catch (IOException e) {
      throw new IllegalArgumentException("CHORUS_TLS_DIR: " + e.getMessage(), e);
    }
  }

  private void checkPlaintext() {
    String host = server.substring(0, Math.max(0, server.lastIndexOf(':')));
    if (host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d+){3}")) {
      return;
    }
    if (!token.isEmpty()) {
      throw new IllegalArgumentException(
          "CHORUS_TLS_DIR is needed to send a token to " + server + ": that is beyond this machine");
    }
    if (!insecure) {
      throw new IllegalArgumentException(
          server + " is beyond this machine: set CHORUS_TLS_DIR, or CHORUS_INSECURE=yes");
    }
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    return value == null ? "" : value.strip();
  }
}
