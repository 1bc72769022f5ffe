/** What all tasks share: options, errors, listeners. */
package org.edgetasks.core;
