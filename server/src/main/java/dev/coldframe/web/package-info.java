/// The operator plane: what people and their programs ask of a running appliance. It translates;
/// what may be done is decided in `decide`.
@NullMarked
package dev.coldframe.web;

import org.jspecify.annotations.NullMarked;
