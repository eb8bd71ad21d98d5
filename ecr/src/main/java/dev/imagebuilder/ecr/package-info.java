/** Credentials for Amazon ECR: the only room with the AWS SDK. */
@NullMarked
package dev.imagebuilder.ecr;

import org.jspecify.annotations.NullMarked;
