package dev.imagebuilder.ecr;

import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpService;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Gives our HTTP client to those parts of the SDK that make a client by themselves: STS, where a
 * service account's token is traded for credentials. Found by the SDK through {@code
 * META-INF/services}.
 */
public final class NetworkHttpService implements SdkHttpService {

  /** Called by the SDK. */
  public NetworkHttpService() {}

  @Override
  public SdkHttpClient.Builder<?> createHttpClientBuilder() {
    return new Building();
  }

  private static final class Building implements SdkHttpClient.Builder<Building> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      try {
        return new NetworkHttpClient(Network.fromEnvironment(System.getenv()));
      } catch (NetworkException e) {
        throw new IllegalStateException("reach AWS: " + e.getMessage(), e);
      }
    }
  }
}
