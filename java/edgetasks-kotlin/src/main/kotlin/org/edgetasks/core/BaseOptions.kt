package org.edgetasks.core

/**
 * Builds where a task's model comes from, and what the task may use to run it.
 *
 * @param block calls the setters of the builder
 * @throws IllegalArgumentException unless exactly one of path, descriptor and buffer is set
 */
public inline fun baseOptions(block: BaseOptions.Builder.() -> Unit): BaseOptions =
  BaseOptions.builder().apply(block).build()
