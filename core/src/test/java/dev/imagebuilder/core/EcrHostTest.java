package dev.imagebuilder.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.EcrHost.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("row-62")
final class EcrHostTest {

  @Test
  void hostsOfAllPartitionsNameTheirRegion() {
    assertThat(EcrHost.parse("422899872803.dkr.ecr.eu-central-1.amazonaws.com"))
        .contains(new EcrHost("422899872803", "eu-central-1", Endpoint.STANDARD));
    assertThat(EcrHost.parse("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com"))
        .contains(new EcrHost("123456789012", "us-gov-west-1", Endpoint.STANDARD));
    assertThat(EcrHost.parse("123456789012.dkr.ecr.cn-northwest-1.amazonaws.com.cn"))
        .contains(new EcrHost("123456789012", "cn-northwest-1", Endpoint.STANDARD));
    assertThat(EcrHost.parse("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu"))
        .contains(new EcrHost("123456789012", "eusc-de-east-1", Endpoint.STANDARD));
    assertThat(EcrHost.parse("123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov"))
        .contains(new EcrHost("123456789012", "us-iso-east-1", Endpoint.STANDARD));
    assertThat(EcrHost.parse("123456789012.dkr-ecr.ap-southeast-7.on.aws"))
        .contains(new EcrHost("123456789012", "ap-southeast-7", Endpoint.STANDARD));
    assertThat(EcrHost.parse("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com"))
        .contains(new EcrHost("123456789012", "us-east-1", Endpoint.FIPS));
  }

  @Test
  void theDummyAndThePortOfTlsAreKnown() {
    assertThat(EcrHost.matches(EcrHost.ANY)).isTrue();
    assertThat(EcrHost.matches("422899872803.dkr.ecr.eu-central-1.amazonaws.com:443")).isTrue();
  }

  @Test
  void nothingElseIs() {
    assertThat(
            List.of(
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
                "evil-123456789012.dkr.ecr.eu-west-1.amazonaws.com",
                "1123456789012.dkr.ecr.eu-west-1.amazonaws.com",
                "123456789012xdkr.ecr.eu-west-1.amazonaws.com",
                "123456789012.dkr.ecr.eu-west-1xamazonaws.com",
                "123456789012.dkr.ecr.evil.example/.eu-west-1.amazonaws.com",
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com:8443",
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com\n",
                "123456789012.dkr.ecr.eu_west_1.amazonaws.com",
                "123456789012.dkr.ecr.amazonaws.com",
                "public.ecr.aws",
                "index.docker.io"))
        .noneMatch(EcrHost::matches);
  }
}
