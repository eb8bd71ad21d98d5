package dev.imagebuilder.ecr;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.net.Network;

/** A process that asks for one registry's token as the service does, and prints what it gets. */
final class Asking {
  private Asking() {}

  public static void main(String... arguments) throws Exception {
    Network network = Network.fromEnvironment(System.getenv());
    try (var credentials = EcrCredentials.open(new EcrOptions(""), network)) {
      Credential found = credentials.find(arguments[0]);
      System.out.println(
          found instanceof Credential.Password(var user, var password)
              ? "password " + user + " " + password.reveal()
              : "nothing");
    } catch (CredentialException e) {
      System.out.println("failed " + e.getMessage());
    }
  }
}
