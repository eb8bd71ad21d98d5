package dev.imagebuilder.server.config;

/**
 * A buildkitd that runs already.
 *
 * @param address empty to look for one
 */
public record BuildkitConfig(
    @Described(
            "Its address: `unix:///path` or `tcp://host:port`. Empty: looked for where `engine`"
                + " allows.")
        String address,
    @Described("How a connection to a `tcp://` address is protected.") BuildkitTlsConfig tls) {

  /** What holds for a group without any key. */
  public static BuildkitConfig defaults() {
    return new BuildkitConfig("", BuildkitTlsConfig.defaults());
  }

  /**
   * TLS with a daemon; all empty for a connection in the clear.
   *
   * @param serverName empty for the address's host
   */
  public record BuildkitTlsConfig(
      @Described("File with the CA certificates that the daemon's must be signed by, PEM.")
          String ca,
      @Described("File with our own certificate, PEM, if the daemon asks for one.")
          String certificate,
      @Described("File with our own certificate's key, PKCS#8 in PEM.") String key,
      @Described("Name in the daemon's certificate. Empty: the address's host.")
          String serverName) {

    /** What holds for a group without any key. */
    public static BuildkitTlsConfig defaults() {
      return new BuildkitTlsConfig("", "", "", "");
    }

    /** True if TLS is meant. */
    public boolean isOn() {
      return !(ca + certificate + key + serverName).isEmpty();
    }
  }
}
