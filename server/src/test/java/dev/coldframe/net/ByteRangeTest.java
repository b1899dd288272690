package dev.coldframe.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {
  @ParameterizedTest
  @Tag("H-02")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bytes=0-0                            | 0+1
          bytes=10-19                          | 10+10
          BYTES=90-                            | 90+10
          bytes=90-500                         | 90+10
          bytes=-5                             | 95+5
          bytes=-500                           | 0+100
          bytes=99-99                          | 99+1
          bytes=0-99999999999999999999999      | 0+100
          bytes=100-                           | none
          bytes=100-200                        | none
          bytes=99999999999999999999999-       | none
          bytes=-0                             | none
          bytes=5-4                            | whole
          bytes=0-1,5-6                        | whole
          bytes=                               | whole
          bytes=-                              | whole
          bytes=a-b                            | whole
          bytes=1                              | whole
          bytes=--5                            | whole
          lines=1-2                            | whole
          """)
  void readsOneRangeOfAHundredBytes(String header, String expected) {
    String got =
        switch (ByteRange.parse(header, 100)) {
          case ByteRange.Request.Whole() -> "whole";
          case ByteRange.Request.Unsatisfiable() -> "none";
          case ByteRange.Request.Part(ByteRange(long first, long length)) -> first + "+" + length;
        };
    assertThat(got).isEqualTo(expected);
  }
}
